using Llmc.Artifact;
using Llmc.Scheduling;

namespace Llmc.Engine;

/// <summary>How an engine runs; none of it changes an answer.</summary>
public sealed record EngineOptions
{
    /// <summary>Most prompt tokens of one sequence in a step; null where only the engine's limit bounds them.</summary>
    public int? ChunkTokens { get; init; }

    /// <summary>Most sequences that run at a time; null takes the engine's limit.</summary>
    public int? MaxSequences { get; init; }

    /// <summary>Most requests that wait; more are refused with LLMC0706.</summary>
    public int MaxWaiting { get; init; } = 1024;

    /// <summary>Whether equal prefixes are computed once.</summary>
    public bool PrefixCaching { get; init; } = true;

    public AdmissionPolicy Admission { get; init; }

    internal SchedulerOptions Scheduler(Limits limits)
    {
        RequirePositive(ChunkTokens, nameof(ChunkTokens));
        RequirePositive(MaxSequences, nameof(MaxSequences));
        return SchedulerOptions.For(limits) with
        {
            ChunkTokens = ChunkTokens,
            MaxSequences = Math.Min(MaxSequences ?? limits.MaxSequences, limits.MaxSequences),
            MaxWaiting = MaxWaiting,
            PrefixCaching = PrefixCaching,
            Admission = Admission,
        };
    }

    static void RequirePositive(int? value, string name)
    {
        if (value < 1) throw Diagnostics.ParameterOutOfRange.With(name, "at least 1", value);
    }
}
