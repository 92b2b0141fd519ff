namespace Llmc.Artifact;

/// <summary>Element types of checkpoints, weights files and buffers. Names follow the safetensors format.</summary>
public enum DType
{
    Bool, U8, I8, U16, I16, U32, I32, U64, I64,
    F16, BF16, F32, F64,
    /// <summary>8-bit float, 4 exponent and 3 mantissa bits, bias 7, no infinities (OCP E4M3FN).</summary>
    F8E4M3,
    /// <summary>8-bit float, 5 exponent and 2 mantissa bits, bias 15, IEEE-like (OCP E5M2).</summary>
    F8E5M2,
    /// <summary>8-bit power of two (OCP E8M0): the scale of an MX block.</summary>
    F8E8M0,
    /// <summary>4-bit float, 2 exponent and 1 mantissa bits (OCP E2M1), two to a byte, low nibble first.</summary>
    F4E2M1,
}

/// <summary>Sizes and spellings of <see cref="DType"/>.</summary>
public static class DTypes
{
    /// <summary>Bits of one element: 4 to 64.</summary>
    public static int Bits(this DType type) => type switch
    {
        DType.F4E2M1 => 4,
        DType.Bool or DType.U8 or DType.I8 or DType.F8E4M3 or DType.F8E5M2 or DType.F8E8M0 => 8,
        DType.U16 or DType.I16 or DType.F16 or DType.BF16 => 16,
        DType.U32 or DType.I32 or DType.F32 => 32,
        _ => 64,
    };

    /// <summary>Bytes that <paramref name="elements"/> elements take, rounded up; throws on overflow.</summary>
    public static long ByteCount(this DType type, long elements) => checked((elements * type.Bits() + 7) / 8);

    /// <summary>The lower-case spelling used in printed forms and manifests: <c>bf16</c>, <c>f8e4m3</c>.</summary>
    public static string Text(this DType type) => type switch
    {
        DType.F8E4M3 => "f8e4m3",
        DType.F8E5M2 => "f8e5m2",
        DType.F8E8M0 => "f8e8m0",
        DType.F4E2M1 => "f4e2m1",
        _ => type.ToString().ToLowerInvariant(),
    };
}
