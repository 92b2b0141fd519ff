using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>What the ranks of one process share: the groups that exchange through memory, and their common fate.</summary>
public sealed class Exchange
{
    readonly Dictionary<string, ExchangeGroup> _groups = [];
    readonly IReadOnlyList<int> _world;

    /// <summary>Threads of each rank.</summary>
    public int ThreadsPerRank { get; }

    internal StepFailure Failure { get; } = new();

    /// <summary>Tries of a barrier before it gives its core away: none where threads outnumber cores.</summary>
    internal int Spins { get; }

    /// <param name="ranks">All ranks of the engine; every one of them runs in this process.</param>
    /// <param name="threadsPerRank">0 divides the cores that the process may use among the ranks.</param>
    public Exchange(IReadOnlyList<RankManifest> ranks, int threadsPerRank = 0)
    {
        ThreadsPerRank = threadsPerRank > 0 ? threadsPerRank : Math.Max(1, Environment.ProcessorCount / ranks.Count);
        Spins = ThreadsPerRank * ranks.Count <= Environment.ProcessorCount ? TeamBarrier.DefaultSpins : 0;
        _world = [.. ranks.Select(r => r.Rank)];
        foreach (var group in ranks.Select(r => r.TpGroup).Append(_world))
            _groups.TryAdd(Key(group), new(group.Count, group.Count * ThreadsPerRank, Failure, Spins));
    }

    /// <summary>The group of <paramref name="size"/> ranks that <paramref name="rank"/> is in, and its place there.</summary>
    internal (ExchangeGroup Group, int Member) GroupOf(RankManifest rank, int size)
    {
        if (size == 1) return (new(1, ThreadsPerRank, Failure, Spins), 0);
        var ranks = rank.TpGroup.Count == size ? rank.TpGroup : _world;
        return (_groups[Key(ranks)], ranks.ToList().IndexOf(rank.Rank));
    }

    static string Key(IReadOnlyList<int> ranks) => string.Join(',', ranks);
}
