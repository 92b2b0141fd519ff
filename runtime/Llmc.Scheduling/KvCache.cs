namespace Llmc.Scheduling;

/// <summary>
/// Gives blocks to sequences and keeps admission's promises: <see cref="Unpromised"/> never falls below zero, so a running
/// sequence that takes what it was promised always finds it.
/// </summary>
sealed class KvCache(SchedulerOptions options)
{
    readonly BlockPool _pool = new(options.Blocks);
    int _promised;

    public BlockPool Pool => _pool;

    /// <summary>Free blocks that are nobody's by promise.</summary>
    public int Unpromised => _pool.Free - _promised;

    /// <summary>Gives the sequence the cached blocks of its prefix and promises it the rest; false, and nothing done, when they do not fit.</summary>
    public bool TryAdmit(Sequence sequence)
    {
        var (hits, idleHits) = CountHits(sequence);
        var wanted = options.Admission == AdmissionPolicy.ReserveWorstCase ? sequence.MaxBlocks : sequence.BlocksFor(sequence.Length);
        if (wanted - hits + idleHits > Unpromised) return false;
        for (var i = 0; i < hits; i++)
        {
            _pool.TryFind(sequence.Hash(i), out var block);
            _pool.Share(block);
            sequence.AddBlock(block);
        }
        (sequence.Published, sequence.Computed) = (hits, hits * options.BlockSize);
        sequence.Promised = wanted - hits;
        _promised += sequence.Promised;
        return true;
    }

    /// <summary>Takes the blocks for the sequence's next <paramref name="tokens"/> tokens.</summary>
    public void Extend(Sequence sequence, int tokens)
    {
        var blocks = sequence.BlocksFor(sequence.Computed + tokens);
        while (sequence.Blocks.Length < blocks)
        {
            sequence.AddBlock(_pool.Take());
            if (sequence.Promised == 0) continue;
            sequence.Promised--;
            _promised--;
        }
    }

    /// <summary>Lets other sequences find the blocks that are now full.</summary>
    public void Publish(Sequence sequence)
    {
        if (!options.PrefixCaching) return;
        for (; (sequence.Published + 1) * options.BlockSize <= sequence.Computed; sequence.Published++)
            _pool.Publish(sequence.Blocks[sequence.Published], sequence.Hash(sequence.Published));
    }

    /// <summary>Takes all blocks and promises back.</summary>
    public void Release(Sequence sequence)
    {
        // Last block first: the ends of prefixes are reused less than their beginnings, so they shall be evicted earlier.
        for (var i = sequence.Blocks.Length - 1; i >= 0; i--) _pool.Release(sequence.Blocks[i]);
        _promised -= sequence.Promised;
        sequence.Promised = 0;
        sequence.ClearBlocks();
    }

    /// <summary>Leading blocks of the sequence that are cached, and how many of them nobody uses, so that taking them costs a free block.</summary>
    (int Hits, int IdleHits) CountHits(Sequence sequence)
    {
        // Positions whose logits are wanted must be computed, and at least one position always is.
        var most = options.PrefixCaching ? Math.Min(sequence.LogitsFrom, sequence.Length - 1) / options.BlockSize : 0;
        var (hits, idleHits) = (0, 0);
        for (; hits < most && _pool.TryFind(sequence.Hash(hits), out var block); hits++)
            if (_pool.Users(block) == 0) idleHits++;
        return (hits, idleHits);
    }
}
