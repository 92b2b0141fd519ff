using System.Numerics;
using System.Runtime.CompilerServices;

namespace Llmc.Text.Models;

/// <summary>Which pairs of tokens merge, how early, and into what: open addressing over packed pairs.</summary>
sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge.</summary>
    public const int NoMerge = int.MaxValue;

    readonly record struct Entry(ulong Pair, int Rank, int Merged);

    const ulong Free = ulong.MaxValue;
    readonly Entry[] entries;
    readonly int shift;

    /// <param name="count">How many pairs will be added at most.</param>
    public MergeTable(int count)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, count + count / 2));
        entries = new Entry[size];
        Array.Fill(entries, new Entry(Free, NoMerge, -1));
        shift = 64 - BitOperations.Log2((uint)size);
    }

    /// <summary>A pair that is there already takes the new rank.</summary>
    public void Add(int left, int right, int rank, int merged)
    {
        var slot = SlotOf(Pack(left, right));
        entries[slot] = new(Pack(left, right), rank, merged);
    }

    /// <summary>What the pairs become, in no order.</summary>
    public IEnumerable<int> Products => entries.Where(entry => entry.Pair != Free).Select(entry => entry.Merged);

    /// <summary>The rank of a pair, <see cref="NoMerge"/> when there is none, and the token that it becomes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int RankOf(int left, int right, out int merged)
    {
        ref readonly var entry = ref entries[SlotOf(Pack(left, right))];
        merged = entry.Merged;
        return entry.Rank;
    }

    // The slot of the pair, or the free one where it would go.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int SlotOf(ulong pair)
    {
        var slot = (int)(pair * 0x9E3779B97F4A7C15 >> shift);
        while (entries[slot].Pair != pair && entries[slot].Pair != Free) slot = slot + 1 & entries.Length - 1;
        return slot;
    }

    static ulong Pack(int left, int right) => (ulong)(uint)left << 32 | (uint)right;
}
