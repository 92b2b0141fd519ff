namespace Llmc.Scheduling;

/// <summary>
/// Blocks that no sequence uses, in the order in which they will be taken: a doubly linked list inside two arrays, so that a
/// cached block in the middle can be taken back in constant time.
/// </summary>
sealed class FreeBlocks
{
    // Entry i links block i; entry n is the list's head and tail.
    readonly int[] _next;
    readonly int[] _previous;

    public FreeBlocks(int blocks)
    {
        (_next, _previous) = (new int[blocks + 1], new int[blocks + 1]);
        for (var i = 0; i <= blocks; i++) (_next[i], _previous[i]) = ((i + 1) % (blocks + 1), (i + blocks) % (blocks + 1));
        (Head, Count) = (blocks, blocks);
    }

    public int Count { get; private set; }

    int Head { get; }

    /// <summary>The block that would be taken next; the list must not be empty.</summary>
    public BlockId First => new(_next[Head]);

    public void Remove(BlockId block)
    {
        var (before, after) = (_previous[block.Value], _next[block.Value]);
        (_next[before], _previous[after]) = (after, before);
        Count--;
    }

    /// <summary>Puts the block where it is taken before all others.</summary>
    public void AddFirst(BlockId block) => InsertAfter(Head, block.Value);

    /// <summary>Puts the block where it is taken after all others.</summary>
    public void AddLast(BlockId block) => InsertAfter(_previous[Head], block.Value);

    void InsertAfter(int before, int block)
    {
        var after = _next[before];
        (_next[before], _previous[after]) = (block, block);
        (_previous[block], _next[block]) = (before, after);
        Count++;
    }
}
