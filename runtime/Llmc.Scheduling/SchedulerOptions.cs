using Llmc.Artifact;

namespace Llmc.Scheduling;

/// <summary>What admission promises a sequence before it runs.</summary>
public enum AdmissionPolicy
{
    /// <summary>All blocks that the sequence can ever need, so that nothing that runs is ever evicted.</summary>
    ReserveWorstCase,
    /// <summary>Blocks for the tokens known now; when blocks run out, the newest sequence is preempted and later recomputed.</summary>
    PreemptNewest,
}

/// <summary>Limits of a step and of the cache, and the policies between them.</summary>
/// <param name="MaxSequences">Most sequences that run at a time.</param>
/// <param name="MaxTokens">Most tokens in a step.</param>
/// <param name="MaxLogitsRows">Most rows of logits in a step.</param>
/// <param name="BlockSize">Tokens in a KV block.</param>
/// <param name="Blocks">KV blocks in the cache.</param>
public sealed record SchedulerOptions(int MaxSequences, int MaxTokens, int MaxLogitsRows, int BlockSize, int Blocks)
{
    /// <summary>Most prompt tokens of one sequence in a step; null where only <see cref="MaxTokens"/> bounds them.</summary>
    public int? ChunkTokens { get; init; }

    /// <summary>Most sequences that wait to run for the first time; more are refused.</summary>
    public int MaxWaiting { get; init; } = int.MaxValue;

    /// <summary>Whether sequences share the blocks of equal prefixes, also with sequences that have ended.</summary>
    public bool PrefixCaching { get; init; } = true;

    public AdmissionPolicy Admission { get; init; }

    /// <summary>Running sequences such that each of them can always decode in every step.</summary>
    internal int MaxRunning => Math.Min(MaxSequences, Math.Min(MaxTokens, MaxLogitsRows));

    /// <summary>The capacities an engine was built for.</summary>
    public static SchedulerOptions For(Limits limits) =>
        new(limits.MaxSequences, limits.MaxTokens, limits.MaxLogitsRows, limits.BlockSize, limits.Blocks);
}
