using System.Numerics;
using System.Runtime.InteropServices;
using Llmc.Artifact;

namespace Llmc.Kernels.Cpu;

/// <summary>Turns one row of a checkpoint's matrix into elements of a packed format.</summary>
abstract class RowConverter
{
    /// <summary>Writes K elements and zeros up to whole groups.</summary>
    /// <returns>The channel's scale and the sum of its bytes, where the format has them.</returns>
    public abstract (float Scale, int Sum) Convert(ReadOnlySpan<byte> values, Span<byte> packed);

    /// <summary>The converter from <paramref name="source"/> to the format of <paramref name="weight"/>.</summary>
    public static RowConverter For(PackedWeight weight, DType source) => (weight.Format, source) switch
    {
        (WeightFormat.BF16, DType.BF16) or (WeightFormat.F32, DType.F32) => new CopyingConverter(),
        (WeightFormat.F32, _) => new ThroughFloat(weight.Columns, source, Rounding.ToF32),
        (WeightFormat.BF16, _) => new ThroughFloat(weight.Columns, source, Rounding.ToBF16),
        (WeightFormat.F8E4M3, _) => new ThroughFloat(weight.Columns, source, Rounding.ToF8),
        _ => new ThroughFloat(weight.Columns, source, Rounding.ToI8),
    };
}

/// <summary>Source and packed elements are the same.</summary>
sealed class CopyingConverter : RowConverter
{
    public override (float Scale, int Sum) Convert(ReadOnlySpan<byte> values, Span<byte> packed)
    {
        values.CopyTo(packed);
        packed[values.Length..].Clear();
        return (1f, 0);
    }
}

/// <summary>Widens to float32, then rounds.</summary>
sealed class ThroughFloat(int columns, DType source, Rounding.Row round) : RowConverter
{
    /// <summary>Room for whole vectors; zeros beyond K.</summary>
    readonly float[] _row = new float[(columns + 63) / 64 * 64];

    public override (float Scale, int Sum) Convert(ReadOnlySpan<byte> values, Span<byte> packed)
    {
        Widen(values);
        return round(_row, packed);
    }

    void Widen(ReadOnlySpan<byte> values)
    {
        switch (source)
        {
            case DType.F32: MemoryMarshal.Cast<byte, float>(values).CopyTo(_row); break;
            case DType.BF16: WidenBF16(MemoryMarshal.Cast<byte, ushort>(values)); break;
            case DType.F16: WidenF16(MemoryMarshal.Cast<byte, Half>(values)); break;
            default: throw new InvalidOperationException($"rows of {source.Text()} cannot be packed");
        }
    }

    void WidenBF16(ReadOnlySpan<ushort> values)
    {
        var k = 0;
        for (; k + Vector<ushort>.Count <= values.Length; k += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(values[k..]), out var low, out var high);
            Vector.AsVectorSingle(low << 16).CopyTo(_row, k);
            Vector.AsVectorSingle(high << 16).CopyTo(_row, k + Vector<float>.Count);
        }
        for (; k < values.Length; k++) _row[k] = new BFloat16(values[k]);
    }

    /// <summary>The fields as a float32 whose exponent is 112 too small, then times 2^112: right for subnormals too.</summary>
    void WidenF16(ReadOnlySpan<Half> values)
    {
        var halves = MemoryMarshal.Cast<Half, ushort>(values);
        var k = 0;
        for (; k + Vector<ushort>.Count <= values.Length; k += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(halves[k..]), out var low, out var high);
            WidenF16(low).CopyTo(_row, k);
            WidenF16(high).CopyTo(_row, k + Vector<float>.Count);
        }
        for (; k < values.Length; k++) _row[k] = (float)values[k];
    }

    static Vector<float> WidenF16(Vector<uint> half)
    {
        var fields = (half & new Vector<uint>(0x7FFF)) << 13;
        var finite = Vector.AsVectorUInt32(Vector.AsVectorSingle(fields) * new Vector<float>(MathF.ScaleB(1f, 112)));
        var special = fields | new Vector<uint>(0x7F800000);
        var isSpecial = Vector.GreaterThanOrEqual(fields, new Vector<uint>(0x7C00 << 13));
        return Vector.AsVectorSingle(Vector.ConditionalSelect(isSpecial, special, finite) | (half & new Vector<uint>(0x8000)) << 16);
    }
}
