using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>The rows of an item that attend to one KV head.</summary>
/// <param name="Head">First query head.</param>
/// <param name="Heads">Query heads that read this KV head: fewer than a whole group where a rank's share begins or ends inside it.</param>
/// <param name="FirstRow">Row of the item's first token and <paramref name="Head"/>.</param>
/// <param name="Rows">Tokens times heads.</param>
readonly record struct HeadGroup(int KvHead, int Head, int Heads, int FirstRow, int Rows)
{
    /// <summary>The rows of an item's KV head number <paramref name="index"/>.</summary>
    public static HeadGroup Of(in AttentionItem item, int index, in Heads heads)
    {
        var (head, end) = HeadsOf(heads, item.KvHead + index);
        return new(item.KvHead + index, head, end - head, index * item.RowsPerHead, item.Tokens * (end - head));
    }

    /// <summary>Most query heads of this rank that read one KV head.</summary>
    public static int MostHeads(Heads heads) => Enumerable.Range(0, heads.Kv).Max(kv => HeadsOf(heads, kv).End - HeadsOf(heads, kv).Start);

    /// <summary>Token of a row, counted in the item.</summary>
    public int TokenOf(int row) => row / Heads;

    static (int Start, int End) HeadsOf(in Heads heads, int kvHead) =>
        (Math.Max(0, kvHead * heads.GroupSize - heads.GroupOffset), Math.Min(heads.Query, (kvHead + 1) * heads.GroupSize - heads.GroupOffset));
}
