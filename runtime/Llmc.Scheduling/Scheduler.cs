namespace Llmc.Scheduling;

/// <summary>The scheduler's answer to a submission.</summary>
public enum Submission
{
    Accepted,
    /// <summary>As many sequences wait as may wait.</summary>
    QueueFull,
    /// <summary>The whole cache is too small for the sequence.</summary>
    LargerThanCache,
}

/// <summary>
/// Decides which tokens of which sequences run in the next step. Pure: no clock, no threads, no I/O; the same calls give the
/// same steps. Prefill and decode are not two kinds of step: every sequence has tokens that are known but not computed,
/// and a step takes some of them.
/// </summary>
public sealed class Scheduler
{
    readonly SchedulerOptions _options;
    readonly KvCache _cache;
    readonly PriorityQueue<Sequence, (int Priority, long Arrival)> _waiting = new();
    readonly List<Sequence> _running;
    long _arrivals;
    int _preemptedWaiting;

    public Scheduler(SchedulerOptions options)
    {
        _options = options;
        _cache = new(options);
        _running = new(options.MaxRunning);
    }

    public int Waiting => _waiting.Count;
    public int Running => _running.Count;
    public bool HasWork => Waiting + Running > 0;
    public int FreeBlocks => _cache.Pool.Free;

    /// <summary>Blocks whose content another sequence could share.</summary>
    public int CachedBlocks => _cache.Pool.Cached;

    /// <summary>Sequences that had to be recomputed so far.</summary>
    public long Preemptions { get; private set; }

    internal KvCache Cache => _cache;

    /// <summary>A sequence that can be submitted. May be called from any thread; hashes the prompt there.</summary>
    public Sequence CreateSequence(RequestId id, ReadOnlySpan<int> prompt, SequenceOptions options)
    {
        var sequence = new Sequence(id, prompt, options, _options.BlockSize);
        if (_options.PrefixCaching && prompt.Length >= _options.BlockSize) sequence.Hash(prompt.Length / _options.BlockSize - 1);
        return sequence;
    }

    /// <summary>Lets the sequence wait for its turn, or says why not.</summary>
    public Submission Submit(Sequence sequence)
    {
        if (sequence.MaxBlocks > _options.Blocks) return Submission.LargerThanCache;
        if (_waiting.Count - _preemptedWaiting >= _options.MaxWaiting) return Submission.QueueFull;
        sequence.Arrival = _arrivals++;
        Enqueue(sequence);
        return Submission.Accepted;
    }

    /// <summary>Plans the next step; false when nothing waits and nothing runs. Each plan is committed before the next is made.</summary>
    public bool Next(StepPlan plan)
    {
        var budget = new StepBudget(_options);
        var preempted = MakeRoomForDecode();
        ScheduleDecodes(ref budget);
        SchedulePrefills(ref budget);
        if (!preempted) AdmitWaiting(ref budget);
        Fill(plan);
        return plan.Entries.Length > 0;
    }

    /// <summary>Takes note that the step ran; entries whose sequence was cancelled meanwhile are passed over.</summary>
    /// <param name="sampled">A token for each entry of the plan; read where <see cref="StepEntry.Samples"/>.</param>
    public void Commit(StepPlan plan, ReadOnlySpan<int> sampled)
    {
        var entries = plan.Entries;
        for (var i = 0; i < entries.Length; i++)
            if (entries[i].Sequence.State == SequenceState.Running) Commit(entries[i], sampled[i]);
        _running.RemoveAll(static s => s.State == SequenceState.Finished);
    }

    /// <summary>Ends the sequence and frees all it holds, at any moment between two calls of the scheduler; false when it had ended.</summary>
    public bool Cancel(Sequence sequence, FinishReason reason = FinishReason.Cancelled)
    {
        switch (sequence.State)
        {
            case SequenceState.Finished: return false;
            case SequenceState.Running: _running.Remove(sequence); break;
            default:
                _waiting.Remove(sequence, out _, out _);
                if (sequence.HasStarted) _preemptedWaiting--;
                break;
        }
        Finish(sequence, reason);
        return true;
    }

    void Commit(in StepEntry entry, int token)
    {
        var sequence = entry.Sequence;
        sequence.Computed = entry.End;
        sequence.LogitsFrom = Math.Max(sequence.LogitsFrom, entry.End);
        _cache.Publish(sequence);
        if (entry.Samples) sequence.Append(token);
        else if (sequence.Remaining == 0) sequence.FinishReason = FinishReason.Length;
        if (sequence.FinishReason is { } reason) Finish(sequence, reason);
    }

    void Finish(Sequence sequence, FinishReason reason)
    {
        _cache.Release(sequence);
        (sequence.State, sequence.FinishReason) = (SequenceState.Finished, reason);
    }

    void Enqueue(Sequence sequence) => _waiting.Enqueue(sequence, (sequence.Priority, sequence.Arrival));

    /// <summary>Preempts until every sequence with one token to compute finds a block; with worst cases reserved there is nothing to do.</summary>
    bool MakeRoomForDecode()
    {
        var before = Preemptions;
        while (UnpromisedBlocksForDecode() > _cache.Unpromised) Preempt(Newest());
        return Preemptions > before;
    }

    int UnpromisedBlocksForDecode()
    {
        if (_options.Admission == AdmissionPolicy.ReserveWorstCase) return 0;
        var blocks = 0;
        foreach (var sequence in _running)
            if (sequence.Remaining == 1 && sequence.NeedsUnpromisedBlock) blocks++;
        return blocks;
    }

    Sequence Newest()
    {
        var newest = _running[0];
        foreach (var sequence in _running)
            if ((sequence.Priority, sequence.Arrival).CompareTo((newest.Priority, newest.Arrival)) > 0) newest = sequence;
        return newest;
    }

    void Preempt(Sequence sequence)
    {
        _running.Remove(sequence);
        _cache.Release(sequence);
        sequence.State = SequenceState.Waiting;
        Enqueue(sequence);
        _preemptedWaiting++;
        Preemptions++;
    }

    /// <summary>One token for each sequence that lacks one: first, so that no long prompt holds them up. They always fit.</summary>
    void ScheduleDecodes(ref StepBudget budget)
    {
        foreach (var sequence in _running)
            if (sequence.Remaining == 1) Schedule(sequence, ref budget);
    }

    void SchedulePrefills(ref StepBudget budget)
    {
        foreach (var sequence in _running)
            if (sequence.Remaining > 1 && budget.HasTokens) Schedule(sequence, ref budget);
    }

    /// <summary>In order, stopping at the first that does not fit, so that a large one is not passed for ever by small ones.</summary>
    void AdmitWaiting(ref StepBudget budget)
    {
        while (_waiting.TryPeek(out var sequence, out _) && _running.Count < _options.MaxRunning && budget.HasTokens)
        {
            if (!_cache.TryAdmit(sequence)) return;
            _waiting.Dequeue();
            if (sequence.HasStarted) _preemptedWaiting--;
            else sequence.CachedTokens = sequence.Computed;
            sequence.State = SequenceState.Running;
            _running.Add(sequence);
            Schedule(sequence, ref budget);
        }
    }

    void Schedule(Sequence sequence, ref StepBudget budget)
    {
        var count = budget.Fit(sequence);
        _cache.Extend(sequence, count);
        budget.Take(sequence, count);
    }

    void Fill(StepPlan plan)
    {
        plan.Clear();
        foreach (var sequence in _running)
        {
            var count = sequence.Scheduled;
            if (count == 0) continue;
            var samples = sequence.Computed + count == sequence.Length && sequence.Generated < sequence.MaxTokens;
            plan.Add(new(sequence, sequence.Computed, count, StepBudget.LogitsRows(sequence, count), samples, !sequence.HasStarted));
            (sequence.Scheduled, sequence.HasStarted) = (0, true);
        }
    }
}
