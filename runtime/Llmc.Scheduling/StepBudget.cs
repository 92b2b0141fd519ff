namespace Llmc.Scheduling;

/// <summary>What a step that is being planned can still take.</summary>
ref struct StepBudget(SchedulerOptions options)
{
    int _tokens = options.MaxTokens;
    int _logitsRows = options.MaxLogitsRows;

    /// <summary>Whether another token fits.</summary>
    public readonly bool HasTokens => _tokens > 0;

    /// <summary>Most tokens of the sequence that fit: bounded by tokens, by chunk size, and by rows of logits.</summary>
    public readonly int Fit(Sequence sequence)
    {
        var count = Math.Min(Math.Min(sequence.Remaining, _tokens), options.ChunkTokens ?? int.MaxValue);
        var excess = LogitsRows(sequence, count) - _logitsRows;
        return excess > 0 ? count - excess : count;
    }

    /// <summary>Gives <paramref name="count"/> tokens to the sequence.</summary>
    public void Take(Sequence sequence, int count)
    {
        sequence.Scheduled = count;
        _tokens -= count;
        _logitsRows -= LogitsRows(sequence, count);
    }

    /// <summary>Rows wanted of the next <paramref name="count"/> tokens.</summary>
    public static int LogitsRows(Sequence sequence, int count) =>
        Math.Max(0, sequence.Computed + count - Math.Max(sequence.Computed, sequence.LogitsFrom));
}
