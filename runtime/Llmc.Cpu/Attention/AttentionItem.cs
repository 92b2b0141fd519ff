namespace Llmc.Cpu;

/// <summary>
/// Attention of a few neighbouring tokens of one sequence to one or all KV heads. Keys are cut into spans at multiples of
/// <see cref="SpanKeys"/>; a row's spans are reduced one by one and combined in ascending order, so that its bits do not
/// depend on which threads reduced them.
/// </summary>
/// <param name="KvHead">First KV head.</param>
/// <param name="KvHeads">1, or all of them: blocks are then read from end to end, which memory likes.</param>
/// <param name="Token">First token, counted in the step.</param>
/// <param name="Position">Position of that token in its sequence.</param>
/// <param name="RowsPerHead">Rows set aside for each KV head, a multiple of four: pairs (token, query head), the token outermost.</param>
/// <param name="Window">As in the spec.</param>
readonly record struct AttentionItem(
    int Sequence, int KvHead, int KvHeads, int Token, int Tokens, int Position, int RowsPerHead, int Window)
{
    /// <summary>Positions that are multiplied at once; a tile starts at a multiple of it.</summary>
    public const int TileKeys = 64;

    /// <summary>Positions in a span.</summary>
    public const int SpanKeys = 4 * TileKeys;

    /// <summary>Reading a key and its value costs about as much as multiplying this many rows with them.</summary>
    const int CostOfKey = 4;

    /// <summary>Rows of all KV heads.</summary>
    public int Rows => KvHeads * RowsPerHead;

    /// <summary>First position that any token attends to.</summary>
    public int KeyStart => FirstKeyOf(0);

    /// <summary>Behind the last position that any token attends to.</summary>
    public int KeyEnd => EndKeyOf(Tokens - 1);

    public int SpanStart => KeyStart / SpanKeys;

    public int SpanEnd => (KeyEnd + SpanKeys - 1) / SpanKeys;

    /// <summary>Work of all spans.</summary>
    public long Cost => CostBefore(SpanEnd);

    /// <summary>Work of the spans before <paramref name="span"/>.</summary>
    public long CostBefore(int span) =>
        (long)Math.Max(0, Math.Min(span * SpanKeys, KeyEnd) - KeyStart) * KvHeads * (RowsPerHead + CostOfKey);

    /// <summary>First position that a token of the item attends to.</summary>
    public int FirstKeyOf(int token) => Window > 0 ? Math.Max(0, EndKeyOf(token) - Window) : 0;

    /// <summary>Behind the last position that a token of the item attends to: its own.</summary>
    public int EndKeyOf(int token) => Position + token + 1;
}
