using System.Diagnostics.CodeAnalysis;
using Llmc.Artifact;
using Llmc.Engine.Ranks;
using Llmc.Engine.Sampling;
using Llmc.Scheduling;

namespace Llmc.Engine;

/// <summary>
/// The engine without a thread of its own: callers submit requests and run steps themselves. For one thread at a time.
/// A step allocates no managed memory.
/// </summary>
public sealed class EngineCore : IDisposable
{
    readonly Manifest _manifest;
    readonly RequestRules _rules;
    readonly Scheduler _scheduler;
    readonly StepPlan _plan;
    readonly StepInputs _inputs;
    readonly RankGroup _ranks;
    readonly Sampler _sampler;
    readonly LogProbabilities _logProbabilities = new(Request.MostTopLogprobs);
    readonly int[] _sampled;
    readonly Dictionary<RequestId, Generation> _generations = [];
    long _lastId;

    /// <param name="ranks">The manifest's ranks, in order; the core disposes of them.</param>
    /// <exception cref="LlmcException">LLMC0705 for options out of range.</exception>
    public EngineCore(Manifest manifest, IReadOnlyList<IRank> ranks, EngineOptions? options = null)
    {
        var scheduling = (options ?? new()).Scheduler(manifest.Limits);
        (_manifest, _rules, _scheduler, _plan) = (manifest, new(manifest), new(scheduling), new(scheduling));
        (_inputs, _ranks, _sampler) = (new(manifest.Limits), new(ranks), new(manifest.Model.VocabSize));
        _sampled = new int[manifest.Limits.MaxSequences];
    }

    public Manifest Manifest => _manifest;

    /// <summary>Whether a step would do anything.</summary>
    public bool HasWork => _scheduler.HasWork;

    /// <summary>Sequences, blocks and preemptions of the moment.</summary>
    public Scheduler Scheduler => _scheduler;

    /// <summary>The last step: which tokens of which sequences.</summary>
    public StepPlan LastStep => _plan;

    /// <summary>Takes a request, or says why not.</summary>
    public bool TrySubmit(Request request, IRequestOutput output, out RequestId id, [NotNullWhen(false)] out Refusal? refusal)
    {
        id = default;
        if (!TryPrepare(request, output, out var generation, out refusal)) return false;
        id = generation.Sequence.Id;
        refusal = Enqueue(generation);
        return refusal is null;
    }

    /// <summary>Runs one step, from plan to answers; false when there is nothing to do.</summary>
    /// <exception cref="RankFailedException">A rank failed; the core is of no use any more.</exception>
    public bool Step()
    {
        if (!_scheduler.Next(_plan)) return false;
        _inputs.Fill(_plan);
        _ranks.Run(_inputs.Step);
        Sample();
        _scheduler.Commit(_plan, _sampled);
        Answer();
        return true;
    }

    /// <summary>Ends a request and frees all it holds; false when it has ended.</summary>
    public bool Cancel(RequestId id)
    {
        if (!_generations.TryGetValue(id, out var generation)) return false;
        _scheduler.Cancel(generation.Sequence);
        End(generation, failure: null);
        return true;
    }

    /// <summary>Ends all requests.</summary>
    public void CancelAll() => EndAll(FinishReason.Cancelled, failure: null);

    public void Dispose()
    {
        _ranks.Dispose();
        _inputs.Dispose();
    }

    /// <summary>Checks the request and makes its sequence. May be called from any thread.</summary>
    internal bool TryPrepare(
        Request request, IRequestOutput output, [NotNullWhen(true)] out Generation? generation, [NotNullWhen(false)] out Refusal? refusal)
    {
        generation = null;
        refusal = _rules.Check(request);
        if (refusal is not null) return false;
        int[] stopTokens = request.IgnoreEos ? [.. request.StopTokens] : [.. request.StopTokens, .. _manifest.Model.EosTokenIds];
        var sequence = _scheduler.CreateSequence(new(Interlocked.Increment(ref _lastId)), request.Prompt.Span, new(_rules.MaxTokens(request))
        {
            StopTokens = stopTokens,
            Priority = request.Priority,
            Salt = request.CacheSalt,
            LogitsFrom = request.LogitsFrom,
        });
        generation = new(request, sequence, stopTokens, output);
        return true;
    }

    /// <summary>Lets a prepared request wait for its turn, or says why not.</summary>
    internal Refusal? Enqueue(Generation generation)
    {
        switch (_scheduler.Submit(generation.Sequence))
        {
            case Submission.QueueFull: return new(Diagnostics.QueueFull.With(_scheduler.Waiting));
            case Submission.LargerThanCache: throw new InvalidOperationException("the rules let a sequence pass that is larger than the cache");
        }
        _generations.Add(generation.Sequence.Id, generation);
        return null;
    }

    internal void EndAll(FinishReason reason, LlmcException? failure)
    {
        foreach (var generation in _generations.Values.ToArray())
        {
            _scheduler.Cancel(generation.Sequence, reason);
            End(generation, failure);
        }
    }

    /// <summary>Chooses a token for each entry that has all it needs. A sequence whose logits allow no choice fails here, before the commit.</summary>
    void Sample()
    {
        var entries = _plan.Entries;
        var row = -1;
        for (var i = 0; i < entries.Length; i++)
        {
            row += entries[i].LogitsRows;
            if (!entries[i].Samples) continue;
            var generation = _generations[entries[i].Sequence.Id];
            if (!_sampler.TrySample(_ranks.Logits(row), generation.SamplingContext, out _sampled[i]))
                _scheduler.Cancel(entries[i].Sequence, FinishReason.Failed);
        }
    }

    /// <summary>Hands logits, tokens and endings to those who asked. They may cancel their request as they are told.</summary>
    void Answer()
    {
        var entries = _plan.Entries;
        var row = 0;
        for (var i = 0; i < entries.Length; row += entries[i++].LogitsRows)
            if (_generations.TryGetValue(entries[i].Sequence.Id, out var generation)) Answer(generation, entries[i], row, _sampled[i]);
    }

    void Answer(Generation generation, in StepEntry entry, int row, int token)
    {
        var sequence = entry.Sequence;
        if (entry.IsFirst) generation.Output.Started(sequence.CachedTokens);
        AnswerLogits(generation, entry, row);
        var failed = sequence.FinishReason == FinishReason.Failed;
        if (entry.Samples && !failed && IsLive(generation)) AnswerToken(generation, row + entry.LogitsRows - 1, token);
        if (sequence.State == SequenceState.Finished && IsLive(generation))
            End(generation, failed ? Diagnostics.LogitsNotFinite.With(entry.End - 1) : null);
    }

    /// <summary>Whether the request was not cancelled by its own output.</summary>
    bool IsLive(Generation generation) => _generations.ContainsKey(generation.Sequence.Id);

    void AnswerLogits(Generation generation, in StepEntry entry, int row)
    {
        if (generation.LogitsFrom is null) return;
        for (var position = entry.End - entry.LogitsRows; position < entry.End && IsLive(generation); position++, row++)
            generation.Output.Logits(position, _ranks.Logits(row));
    }

    void AnswerToken(Generation generation, int row, int token)
    {
        if (generation.TopLogprobs is not { } count)
        {
            generation.Output.Token(new() { Id = token });
            return;
        }
        var logits = _ranks.Logits(row);
        var logSumExp = LogProbabilities.LogSumExp(logits);
        generation.Output.Token(new()
        {
            Id = token,
            Logprob = logits[token] - logSumExp,
            Top = _logProbabilities.Top(logits, logSumExp, count),
        });
    }

    void End(Generation generation, LlmcException? failure)
    {
        _generations.Remove(generation.Sequence.Id);
        generation.Output.Finished(generation.Sequence.FinishReason!.Value, failure);
    }
}
