using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>One row of a safetensors header. Begin and end are bytes from the end of the header.</summary>
sealed record TensorEntry(string Name, DType DType, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>A shape as diagnostics print it: <c>[14336, 4096]</c>.</summary>
    internal static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>Bytes that a tensor takes, or null where the sizes overflow or 4-bit elements end inside a byte.</summary>
    internal static long? ByteCountOf(DType type, IReadOnlyList<long> shape)
    {
        // A zero anywhere makes the tensor empty, however absurd its other sizes.
        if (shape.Contains(0)) return 0;
        UInt128 elements = 1;
        foreach (var size in shape)
        {
            elements *= (UInt128)size;
            if (elements > ulong.MaxValue) return null;
        }
        var (bytes, restBits) = UInt128.DivRem(elements * (UInt128)type.Bits(), 8);
        return restBits == 0 && bytes <= (UInt128)long.MaxValue ? (long)bytes : null;
    }
}
