using System.Runtime.InteropServices;
using Llmc.Artifact;
using Llmc.Kernels.Cpu;

namespace Llmc.Cpu.Tests;

/// <summary>A packed matrix with random weights, and what its bytes mean, one element at a time.</summary>
sealed unsafe class PackedMatrix
{
    readonly PackedWeight _layout;
    readonly byte[] _bytes;

    public PackedMatrix(PackedWeight layout, Random random) : this(layout, Rows(layout, random)) { }

    public PackedMatrix(PackedWeight layout, float[][] rows)
    {
        _layout = layout;
        using var stream = new MemoryStream();
        var packer = new WeightPacker(layout, DType.F32, stream);
        foreach (var row in rows) packer.Add(MemoryMarshal.AsBytes<float>(row));
        packer.Finish();
        _bytes = stream.ToArray();
        Assert.Equal(layout.Bytes, _bytes.Length);
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The element as stored, its channel's scale left out.</summary>
    public double Stored(int row, int column)
    {
        var at = (int)_layout.OffsetOf(row, column);
        return _layout.Format switch
        {
            WeightFormat.F32 => BitConverter.ToSingle(_bytes, at),
            WeightFormat.BF16 => new BFloat16(BitConverter.ToUInt16(_bytes, at)),
            WeightFormat.F8E4M3 => new Float8E4M3(_bytes[at]),
            _ => (sbyte)_bytes[at],
        };
    }

    /// <summary>The channel's scale; 1 where the format has none.</summary>
    public float Scale(int row) =>
        _layout.Format is WeightFormat.F8E4M3 or WeightFormat.I8 ? BitConverter.ToSingle(_bytes, (int)_layout.ScalesOffset + 4 * row) : 1f;

    /// <summary>The sum of the channel's bytes.</summary>
    public int Sum(int row) => BitConverter.ToInt32(_bytes, (int)_layout.SumsOffset + 4 * row);

    static float[][] Rows(PackedWeight layout, Random random) =>
        [.. Enumerable.Range(0, layout.Rows).Select(_ => Enumerable.Range(0, layout.Columns).Select(_ => random.NextSingle() * 2 - 1).ToArray())];
}
