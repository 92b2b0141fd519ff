namespace Llmc.Scheduling;

/// <summary>A sequence's part of a step: <paramref name="Count"/> tokens from position <paramref name="Start"/>.</summary>
/// <param name="LogitsRows">Rows of logits, for the last positions of the part.</param>
/// <param name="Samples">Whether the last row decides the sequence's next token.</param>
/// <param name="IsFirst">Whether the sequence runs for the first time.</param>
public readonly record struct StepEntry(Sequence Sequence, int Start, int Count, int LogitsRows, bool Samples, bool IsFirst)
{
    /// <summary>Position after the last token.</summary>
    public int End => Start + Count;
}

/// <summary>What runs together: which sequences, how many tokens of each. Filled anew for every step, without allocating.</summary>
public sealed class StepPlan
{
    readonly StepEntry[] _entries;
    int _count;

    /// <param name="options">Bounds the number of entries.</param>
    public StepPlan(SchedulerOptions options) => _entries = new StepEntry[options.MaxRunning];

    /// <summary>Sequences of the step, oldest admission first, at least one token each.</summary>
    public ReadOnlySpan<StepEntry> Entries => _entries.AsSpan(0, _count);

    /// <summary>T, summed over entries.</summary>
    public int Tokens { get; private set; }

    /// <summary>Rows of logits, summed over entries.</summary>
    public int LogitsRows { get; private set; }

    internal void Clear()
    {
        Array.Clear(_entries, 0, _count);
        (_count, Tokens, LogitsRows) = (0, 0, 0);
    }

    internal void Add(in StepEntry entry)
    {
        _entries[_count++] = entry;
        Tokens += entry.Count;
        LogitsRows += entry.LogitsRows;
    }
}
