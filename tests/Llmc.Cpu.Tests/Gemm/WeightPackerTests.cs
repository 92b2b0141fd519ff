using System.Runtime.InteropServices;
using Llmc.Artifact;
using Llmc.Kernels.Cpu;

namespace Llmc.Cpu.Tests;

public class WeightPackerTests
{
    public static TheoryData<WeightFormat, int, int> Layouts
    {
        get
        {
            var data = new TheoryData<WeightFormat, int, int>();
            foreach (var format in Enum.GetValues<WeightFormat>())
                foreach (var (rows, columns) in new[] { (16, 64), (1, 1), (17, 33), (40, 515), (5, 2050) }) data.Add(format, rows, columns);
            return data;
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Every_element_lies_where_the_layout_says_rounded_to_the_format(WeightFormat format, int rows, int columns)
    {
        var weight = new PackedWeight(format, rows, columns);
        var source = Matrix(rows, columns);
        var packed = new PackedMatrix(weight, source);
        for (var row = 0; row < rows; row++)
        {
            Assert.Equal(ExpectedScale(format, source[row]), packed.Scale(row));
            for (var column = 0; column < columns; column++)
                Assert.Equal(Rounded(format, source[row][column], packed.Scale(row)), packed.Stored(row, column));
            if (format == WeightFormat.I8) Assert.Equal(Enumerable.Range(0, columns).Sum(column => (int)packed.Stored(row, column)), packed.Sum(row));
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Padding_is_zero(WeightFormat format, int rows, int columns)
    {
        var weight = new PackedWeight(format, rows, columns);
        var packed = new PackedMatrix(weight, Matrix(rows, columns));
        for (var row = 0; row < weight.Panels * PackedWeight.PanelWidth; row++)
            for (var column = 0; column < weight.PaddedColumns; column++)
                if (row >= rows || column >= columns) Assert.Equal(0.0, packed.Stored(row, column));
    }

    [Theory]
    [InlineData(DType.BF16)]
    [InlineData(DType.F16)]
    public void Narrow_sources_pack_as_the_float32_values_they_hold(DType source)
    {
        var weight = new PackedWeight(WeightFormat.I8, 3, 70);
        var rows = Matrix(3, 70).Select(row => row.Select(value => source == DType.BF16 ? (float)(BFloat16)value : (float)(Half)value).ToArray()).ToArray();
        var narrow = rows.Select(row => source == DType.BF16
            ? MemoryMarshal.AsBytes<ushort>(row.Select(value => ((BFloat16)value).Bits).ToArray()).ToArray()
            : MemoryMarshal.AsBytes<Half>(row.Select(value => (Half)value).ToArray()).ToArray());
        Assert.Equal(new PackedMatrix(weight, rows).Bytes.ToArray(), Pack(weight, source, narrow));
    }

    [Fact]
    public void Bf16_passes_through_bit_for_bit_nan_and_subnormals_included()
    {
        ushort[] row = [0x7FC1, 0x0001, 0x8000, 0xFF80];
        var packed = Pack(new(WeightFormat.BF16, 1, 4), DType.BF16, [MemoryMarshal.AsBytes<ushort>(row).ToArray()]);
        Assert.Equal(row, new[] { 0, 2, 64, 66 }.Select(at => BitConverter.ToUInt16(packed, at)));
    }

    [Fact]
    public void Every_float16_widens_exactly()
    {
        var all = Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).ToArray();
        var packed = Pack(new(WeightFormat.F32, 1, all.Length), DType.F16, [MemoryMarshal.AsBytes<Half>(all).ToArray()]);
        for (var i = 0; i < all.Length; i++) Assert.Equal((float)all[i], BitConverter.ToSingle(packed, 64 * i));
    }

    [Fact]
    public void A_row_of_zeros_has_scale_one()
    {
        Assert.Equal(1f, new PackedMatrix(new(WeightFormat.I8, 1, 8), [new float[8]]).Scale(0));
        Assert.Equal(1f, new PackedMatrix(new(WeightFormat.F8E4M3, 1, 8), [new float[8]]).Scale(0));
    }

    [Fact]
    public void Gate_and_up_alternate_in_panels_and_are_padded_each()
    {
        var weight = PackedWeight.Gated(WeightFormat.F32, intermediate: 20, columns: 2);
        Assert.Equal((64, 4), (weight.Rows, weight.Panels));
    }

    [Fact]
    public void Zero_rows_and_missing_rows_are_told_apart()
    {
        using var stream = new MemoryStream();
        var packer = new WeightPacker(new(WeightFormat.F32, 2, 1), DType.F32, stream);
        packer.Add(BitConverter.GetBytes(3f));
        Assert.Throws<InvalidOperationException>(packer.Finish);
        packer.AddZero();
        Assert.Throws<InvalidOperationException>(packer.AddZero);
        packer.Finish();
        Assert.Equal(3f, BitConverter.ToSingle(stream.ToArray(), 0));
        Assert.Equal(64, stream.Length);
    }

    static byte[] Pack(PackedWeight weight, DType source, IEnumerable<byte[]> rows)
    {
        using var stream = new MemoryStream();
        var packer = new WeightPacker(weight, source, stream);
        foreach (var row in rows) packer.Add(row);
        packer.Finish();
        return stream.ToArray();
    }

    static float ExpectedScale(WeightFormat format, float[] row) => format switch
    {
        WeightFormat.F8E4M3 => row.Max(MathF.Abs) / 448f,
        WeightFormat.I8 => row.Max(MathF.Abs) / 127f,
        _ => 1f,
    };

    static double Rounded(WeightFormat format, float value, float scale) => format switch
    {
        WeightFormat.F32 => value,
        WeightFormat.BF16 => (float)(BFloat16)value,
        WeightFormat.F8E4M3 => (float)(Float8E4M3)(value / scale),
        _ => Math.Round(value / scale, MidpointRounding.ToEven),
    };

    /// <summary>Values over six orders of magnitude, so that E4M3 meets its subnormals.</summary>
    static float[][] Matrix(int rows, int columns)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns)
            .Select(_ => (random.NextSingle() * 2 - 1) * MathF.Pow(10, -6 * random.NextSingle())).ToArray())];
    }
}
