using System.Runtime.CompilerServices;

namespace Llmc.Artifact;

/// <summary>bfloat16: the upper half of a float32. Conversion rounds to nearest, ties to even; NaN stays NaN.</summary>
public readonly record struct BFloat16(ushort Bits)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator BFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? new((ushort)((bits >> 16) | 0x40))
            : new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);
}

/// <summary>OCP E4M3FN: bias 7, largest 448, NaN 0x7F and 0xFF, no infinities. Conversion rounds to nearest even and saturates.</summary>
public readonly record struct Float8E4M3(byte Bits)
{
    /// <summary>Largest finite value.</summary>
    public const float MaxValue = 448f;

    public static explicit operator Float8E4M3(float value)
    {
        var sign = (byte)(BitConverter.SingleToUInt32Bits(value) >> 24 & 0x80);
        var magnitude = MathF.Abs(value);
        if (float.IsNaN(value)) return new((byte)(sign | 0x7F));
        if (magnitude >= MaxValue) return new((byte)(sign | 0x7E));
        if (magnitude < 1f / 64f) return new((byte)(sign | (byte)MathF.Round(magnitude * 512f, MidpointRounding.ToEven)));
        var bits = BitConverter.SingleToUInt32Bits(magnitude);
        bits += 0x7FFFF + ((bits >> 20) & 1);
        return new((byte)(sign | (byte)((bits >> 20) - (120 << 3))));
    }

    public static implicit operator float(Float8E4M3 value)
    {
        var (exponent, mantissa) = (value.Bits >> 3 & 15, value.Bits & 7);
        var magnitude = (exponent, mantissa) switch
        {
            (15, 7) => float.NaN,
            (0, _) => mantissa / 512f,
            _ => BitConverter.UInt32BitsToSingle((uint)(exponent + 120) << 23 | (uint)mantissa << 20),
        };
        return (value.Bits & 0x80) != 0 ? -magnitude : magnitude;
    }
}

/// <summary>OCP E5M2: the upper byte of a float16, infinities included. Conversion rounds to nearest even.</summary>
public readonly record struct Float8E5M2(byte Bits)
{
    public static explicit operator Float8E5M2(float value)
    {
        if (float.IsNaN(value)) return new(0x7F);
        var bits = BitConverter.HalfToUInt16Bits((Half)value);
        return new((byte)((bits + 0x7F + ((bits >> 8) & 1)) >> 8));
    }

    public static implicit operator float(Float8E5M2 value) => (float)BitConverter.UInt16BitsToHalf((ushort)(value.Bits << 8));
}
