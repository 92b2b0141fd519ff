namespace Llmc.Scheduling;

/// <summary>
/// The KV blocks: who uses each, and what full blocks hold. A block whose last user leaves keeps its content until the block
/// is needed; the least recently used goes first.
/// </summary>
sealed class BlockPool(int blocks)
{
    readonly FreeBlocks _free = new(blocks);
    readonly int[] _users = new int[blocks];
    readonly BlockHash?[] _hashes = new BlockHash?[blocks];
    readonly Dictionary<BlockHash, BlockId> _byHash = new(blocks);

    public int Total => blocks;

    /// <summary>Blocks without users, cached ones included.</summary>
    public int Free => _free.Count;

    /// <summary>Blocks whose content can be found by its hash.</summary>
    public int Cached => _byHash.Count;

    public int Users(BlockId block) => _users[block.Value];

    /// <summary>Takes an unused block for one user, forgetting what it held.</summary>
    public BlockId Take()
    {
        if (_free.Count == 0) throw new InvalidOperationException("no free block, although admission promised one");
        var block = _free.First;
        _free.Remove(block);
        if (_hashes[block.Value] is { } hash) _byHash.Remove(hash);
        _hashes[block.Value] = null;
        _users[block.Value] = 1;
        return block;
    }

    /// <summary>Adds a user to a block found by its hash.</summary>
    public void Share(BlockId block)
    {
        if (_users[block.Value]++ == 0) _free.Remove(block);
    }

    /// <summary>Takes one user from the block.</summary>
    public void Release(BlockId block)
    {
        if (_users[block.Value] == 0) throw new InvalidOperationException($"block {block.Value} is released, but nobody uses it");
        if (--_users[block.Value] > 0) return;
        if (_hashes[block.Value] is null) _free.AddFirst(block);
        else _free.AddLast(block);
    }

    /// <summary>Makes a full, computed block findable; where another block has the same content already, that one stays the one to find.</summary>
    public void Publish(BlockId block, BlockHash hash)
    {
        if (_byHash.TryAdd(hash, block)) _hashes[block.Value] = hash;
    }

    public bool TryFind(BlockHash hash, out BlockId block) => _byHash.TryGetValue(hash, out block);
}
