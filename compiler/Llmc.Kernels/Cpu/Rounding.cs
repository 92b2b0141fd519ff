using System.Numerics;
using System.Runtime.InteropServices;
using Llmc.Artifact;

namespace Llmc.Kernels.Cpu;

/// <summary>From a float32 row to packed elements, to nearest even.</summary>
static class Rounding
{
    /// <summary>Writes as many elements as <paramref name="packed"/> holds; the row is at least that long, zeros beyond K.</summary>
    public delegate (float Scale, int Sum) Row(float[] row, Span<byte> packed);

    public static (float Scale, int Sum) ToF32(float[] row, Span<byte> packed)
    {
        MemoryMarshal.AsBytes(row.AsSpan())[..packed.Length].CopyTo(packed);
        return (1f, 0);
    }

    public static (float Scale, int Sum) ToBF16(float[] row, Span<byte> packed)
    {
        var target = MemoryMarshal.Cast<byte, ushort>(packed);
        for (var k = 0; k < target.Length; k++) target[k] = ((BFloat16)row[k]).Bits;
        return (1f, 0);
    }

    /// <summary>Scale max|w| / 448.</summary>
    public static (float Scale, int Sum) ToF8(float[] row, Span<byte> packed)
    {
        var scale = Magnitude(row) / Float8E4M3.MaxValue;
        if (scale == 0f) scale = 1f;
        var k = 0;
        for (; k + Vector<float>.Count <= packed.Length; k += Vector<float>.Count)
            StoreBytes(E4M3(new Vector<float>(row, k) / scale), packed[k..]);
        for (; k < packed.Length; k++) packed[k] = ((Float8E4M3)(row[k] / scale)).Bits;
        return (scale, 0);
    }

    /// <summary>Scale max|w| / 127.</summary>
    public static (float Scale, int Sum) ToI8(float[] row, Span<byte> packed)
    {
        var scale = Magnitude(row) / 127f;
        if (scale == 0f) scale = 1f;
        var sums = Vector<int>.Zero;
        var k = 0;
        for (; k + Vector<float>.Count <= packed.Length; k += Vector<float>.Count)
        {
            var integers = Vector.ConvertToInt32(Vector.Round(new Vector<float>(row, k) / scale));
            sums += integers;
            StoreBytes(integers, packed[k..]);
        }
        var sum = Vector.Sum(sums);
        for (; k < packed.Length; k++)
        {
            var integer = (int)MathF.Round(row[k] / scale);
            sum += integer;
            packed[k] = (byte)integer;
        }
        return (scale, sum);
    }

    static float Magnitude(float[] row)
    {
        var largest = Vector<float>.Zero;
        for (var k = 0; k < row.Length; k += Vector<float>.Count) largest = Vector.Max(largest, Vector.Abs(new Vector<float>(row, k)));
        var magnitude = 0f;
        for (var lane = 0; lane < Vector<float>.Count; lane++) magnitude = MathF.Max(magnitude, largest[lane]);
        return magnitude;
    }

    /// <summary>
    /// The bits of <see cref="Float8E4M3"/> in each lane. Normal numbers are rounded in their own bits; below 2^-6 the sum with
    /// 2^14 rounds to a multiple of 2^-9, whose count stands in the sum's lowest bits.
    /// </summary>
    static Vector<int> E4M3(Vector<float> x)
    {
        const int ExponentShift = 120 << 3;
        var sign = Vector.AsVectorInt32(x) >>> 24 & new Vector<int>(0x80);
        var magnitude = Vector.Min(Vector.Abs(x), new Vector<float>(Float8E4M3.MaxValue));
        var bits = Vector.AsVectorInt32(magnitude);
        var normal = ((bits + new Vector<int>(0x7FFFF) + (bits >>> 20 & Vector<int>.One)) >>> 20) - new Vector<int>(ExponentShift);
        var subnormal = Vector.AsVectorInt32(magnitude + new Vector<float>(16384f)) - Vector.AsVectorInt32(new Vector<float>(16384f));
        return Vector.ConditionalSelect(Vector.LessThan(magnitude, new Vector<float>(1f / 64f)), subnormal, normal) | sign;
    }

    /// <summary>The lowest byte of each lane.</summary>
    static void StoreBytes(Vector<int> lanes, Span<byte> destination)
    {
        var halves = Vector.Narrow(lanes, lanes);
        Span<byte> twice = stackalloc byte[Vector<byte>.Count];
        Vector.AsVectorByte(Vector.Narrow(halves, halves)).CopyTo(twice);
        twice[..Vector<int>.Count].CopyTo(destination);
    }
}
