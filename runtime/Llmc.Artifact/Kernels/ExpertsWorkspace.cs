namespace Llmc.Artifact;

/// <summary>Scratch of an <see cref="ExpertsSpec"/> launch: rows sorted by expert, their packed inputs, hidden values and outputs.</summary>
public static class ExpertsWorkspace
{
    /// <summary>Byte offsets of the parts, each on a cache line, for <paramref name="tokens"/> tokens.</summary>
    public static (long Order, long Input, long Hidden, long HiddenPacked, long Output, long Bytes) Offsets(ExpertsSpec spec, int tokens)
    {
        var rows = tokens * spec.Selected;
        long at = 0;
        long Take(long bytes)
        {
            var start = at;
            at += (bytes + 63) / 64 * 64;
            return start;
        }
        var order = Take(4L * (2 * rows + 2 * spec.Experts + 2));
        var input = Take(PackedInput.Bytes(spec.Input, tokens, spec.HiddenSize));
        var hidden = Take(4L * rows * spec.Intermediate);
        var hiddenPacked = Take(PackedInput.Bytes(spec.Input, rows, spec.Intermediate));
        var output = Take(4L * rows * spec.HiddenSize);
        return (order, input, hidden, hiddenPacked, output, at);
    }

    /// <summary>Bytes of all parts together.</summary>
    public static long Bytes(ExpertsSpec spec, int tokens) => Offsets(spec, tokens).Bytes;
}
