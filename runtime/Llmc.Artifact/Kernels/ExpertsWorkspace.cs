namespace Llmc.Artifact;

/// <summary>
/// Scratch of an <see cref="ExpertsSpec"/> launch. Its rows are the pairs (token, slot) with a local expert, sorted by expert.
/// </summary>
/// <param name="Order">i32: first row of each expert and one more, the token of each row, the row of each (token, slot) or -1.</param>
/// <param name="Input">Rows of x, packed.</param>
/// <param name="Hidden">f32[rows, F].</param>
/// <param name="HiddenPacked">The same, packed.</param>
/// <param name="Output">f32[rows, E].</param>
/// <param name="Bytes">All parts together.</param>
public readonly record struct ExpertsWorkspace(long Order, long Input, long Hidden, long HiddenPacked, long Output, long Bytes)
{
    /// <summary>Byte offsets of the parts, each on a cache line, for <paramref name="tokens"/> tokens.</summary>
    public static ExpertsWorkspace For(ExpertsSpec spec, int tokens)
    {
        var rows = tokens * spec.Selected;
        long at = 0;
        long Take(long bytes)
        {
            var start = at;
            at += (bytes + 63) / 64 * 64;
            return start;
        }
        return new(
            Order: Take(4L * (spec.Experts + 1 + 2 * rows)),
            Input: Take(PackedInput.Bytes(spec.Input, rows, spec.HiddenSize)),
            Hidden: Take(4L * rows * spec.Intermediate),
            HiddenPacked: Take(PackedInput.Bytes(spec.Input, rows, spec.Intermediate)),
            Output: Take(4L * rows * spec.HiddenSize),
            Bytes: at);
    }
}
