namespace Llmc.Artifact;

/// <summary>
/// Where the arrays of <see cref="StepInput"/> stand in one block of memory, each at a 64-byte boundary: byte offsets, and
/// the size of the block, which is <see cref="MemoryManifest.StepInputs"/>.
/// </summary>
public readonly record struct StepInputLayout(
    long TokenIds, long Positions, long SlotMapping, long QueryStart, long ContextLengths, long BlockTables, long LogitsIndices, long Bytes)
{
    const long Alignment = 64;

    /// <summary>The layout for an engine's capacities.</summary>
    public static StepInputLayout Of(Limits limits)
    {
        var end = 0L;
        return new(
            Place(ref end, limits.MaxTokens), Place(ref end, limits.MaxTokens), Place(ref end, limits.MaxTokens),
            Place(ref end, limits.MaxSequences + 1L), Place(ref end, limits.MaxSequences),
            Place(ref end, (long)limits.MaxSequences * limits.BlocksPerSequence), Place(ref end, limits.MaxLogitsRows), end);
    }

    static long Place(ref long end, long count)
    {
        var offset = end;
        end += (count * sizeof(int) + Alignment - 1) / Alignment * Alignment;
        return offset;
    }
}
