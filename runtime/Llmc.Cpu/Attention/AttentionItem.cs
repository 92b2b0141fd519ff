using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>
/// Attention of a few neighbouring tokens of one sequence to one KV head. Its rows are pairs (token, query head), the token
/// outermost. Keys are cut into spans at multiples of <see cref="SpanKeys"/>; a row's spans are reduced one by one and
/// combined in ascending order, so that its bits do not depend on which threads reduced them.
/// </summary>
/// <param name="Head">First query head.</param>
/// <param name="Heads">Query heads that read this KV head.</param>
/// <param name="Token">First token, counted in the step.</param>
/// <param name="Position">Position of that token in its sequence.</param>
/// <param name="Window">As in <see cref="AttentionSpec"/>.</param>
readonly record struct AttentionItem(int Sequence, int KvHead, int Head, int Heads, int Token, int Tokens, int Position, int Window)
{
    /// <summary>Positions that are multiplied at once; a tile starts at a multiple of it.</summary>
    public const int TileKeys = 64;

    /// <summary>Positions in a span.</summary>
    public const int SpanKeys = 4 * TileKeys;

    /// <summary>Reading and widening a key costs about as much as reducing this many rows with it.</summary>
    const int CostOfKey = 4;

    public int Rows => Tokens * Heads;

    /// <summary>First position that any row attends to.</summary>
    public int KeyStart => FirstKeyOf(0);

    /// <summary>Behind the last position that any row attends to.</summary>
    public int KeyEnd => Position + Tokens;

    public int SpanStart => KeyStart / SpanKeys;

    public int SpanEnd => (KeyEnd + SpanKeys - 1) / SpanKeys;

    /// <summary>Work of all spans.</summary>
    public long Cost => CostBefore(SpanEnd);

    /// <summary>Work of the spans before <paramref name="span"/>.</summary>
    public long CostBefore(int span) => (long)Math.Max(0, Math.Min(span * SpanKeys, KeyEnd) - KeyStart) * (Rows + CostOfKey);

    /// <summary>First position that a row attends to.</summary>
    public int FirstKeyOf(int row) => Window > 0 ? Math.Max(0, EndKeyOf(row) - Window) : 0;

    /// <summary>Behind the last position that a row attends to: its own.</summary>
    public int EndKeyOf(int row) => Position + row / Heads + 1;
}
