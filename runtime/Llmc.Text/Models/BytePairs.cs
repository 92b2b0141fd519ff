using System.Buffers;

namespace Llmc.Text.Models;

/// <summary>The merging itself: always the pair of least rank, the leftmost of those, until no pair merges.</summary>
static class BytePairs
{
    const int LongestScan = 48;

    /// <summary>Merges in place; the first so many symbols are the result.</summary>
    public static int Merge(MergeTable merges, Span<int> symbols) => symbols.Length switch
    {
        < 2 => symbols.Length,
        <= LongestScan => MergeByScan(merges, symbols),
        _ => MergeByQueue(merges, symbols),
    };

    // ranks[i] belongs to the pair (i, i + 1). Quadratic, and the fastest there is for words.
    static int MergeByScan(MergeTable merges, Span<int> symbols)
    {
        Span<int> ranks = stackalloc int[LongestScan];
        Span<int> merged = stackalloc int[LongestScan];
        var count = symbols.Length;
        for (var i = 0; i + 1 < count; i++) ranks[i] = merges.RankOf(symbols[i], symbols[i + 1], out merged[i]);
        while (count > 1)
        {
            var least = 0;
            for (var i = 1; i < count - 1; i++)
                if (ranks[i] < ranks[least]) least = i;
            if (ranks[least] == MergeTable.NoMerge) break;
            symbols[least] = merged[least];
            count--;
            symbols[(least + 2)..(count + 1)].CopyTo(symbols[(least + 1)..]);
            ranks[(least + 1)..count].CopyTo(ranks[least..]);
            merged[(least + 1)..count].CopyTo(merged[least..]);
            if (least + 1 < count) ranks[least] = merges.RankOf(symbols[least], symbols[least + 1], out merged[least]);
            if (least > 0) ranks[least - 1] = merges.RankOf(symbols[least - 1], symbols[least], out merged[least - 1]);
        }
        return count;
    }

    // A linked list of symbols and a queue of candidate pairs; candidates that no longer hold are recognized by their rank.
    static int MergeByQueue(MergeTable merges, Span<int> symbols)
    {
        var links = ArrayPool<int>.Shared.Rent(symbols.Length * 2);
        var next = links.AsSpan(0, symbols.Length);
        var previous = links.AsSpan(symbols.Length, symbols.Length);
        var queue = new PriorityQueue<int, ulong>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            (next[i], previous[i]) = (i + 1 < symbols.Length ? i + 1 : -1, i - 1);
            Offer(merges, symbols, next, queue, i);
        }
        while (queue.TryDequeue(out var at, out var priority))
        {
            var right = next[at];
            if (symbols[at] < 0 || right < 0 || merges.RankOf(symbols[at], symbols[right], out var merged) != (int)(priority >> 32)) continue;
            symbols[at] = merged;
            symbols[right] = -1;
            next[at] = next[right];
            if (next[at] >= 0) previous[next[at]] = at;
            Offer(merges, symbols, next, queue, at);
            if (previous[at] >= 0) Offer(merges, symbols, next, queue, previous[at]);
        }
        var count = 0;
        for (var i = 0; i >= 0; i = next[i]) symbols[count++] = symbols[i];
        ArrayPool<int>.Shared.Return(links);
        return count;
    }

    static void Offer(MergeTable merges, Span<int> symbols, Span<int> next, PriorityQueue<int, ulong> queue, int at)
    {
        if (next[at] < 0) return;
        var rank = merges.RankOf(symbols[at], symbols[next[at]], out _);
        if (rank != MergeTable.NoMerge) queue.Enqueue(at, (ulong)(uint)rank << 32 | (uint)at);
    }
}
