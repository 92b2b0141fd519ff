using Llmc.Artifact;

namespace Llmc.Engine.Ranks;

/// <summary>
/// The ranks of this process: one runs on the caller's thread, several on a thread each. When a rank fails, the others may
/// wait for it for ever inside a collective, so the group does not wait for them, and is of no use any more.
/// </summary>
sealed class RankGroup : IDisposable
{
    readonly IReadOnlyList<IRank> _ranks;
    readonly RankThread[] _threads;
    readonly ManualResetEventSlim _done = new();
    RankFailedException? _failure;
    int _pending;

    public RankGroup(IReadOnlyList<IRank> ranks)
    {
        _ranks = ranks;
        _threads = ranks.Count == 1 ? [] : [.. ranks.Select((rank, index) => new RankThread(index, rank, Arrive))];
    }

    /// <summary>Runs a step on all ranks and waits for it.</summary>
    /// <exception cref="RankFailedException">A rank failed, now or before.</exception>
    public void Run(in StepInput step)
    {
        if (_failure is not null) throw _failure;
        if (_threads.Length == 0) RunAlone(step);
        else RunTogether(step);
    }

    /// <summary>A row of the last step's logits; every rank has all of them.</summary>
    public ReadOnlySpan<float> Logits(int row) => _ranks[0].Logits(row);

    public void Dispose()
    {
        foreach (var thread in _threads) thread.Stop();
        // Ranks that may still run keep their memory: the process is about to end anyway.
        if (_failure is not null) return;
        foreach (var thread in _threads) thread.Dispose();
        foreach (var rank in _ranks) rank.Dispose();
        _done.Dispose();
    }

    void RunAlone(in StepInput step)
    {
        try
        {
            _ranks[0].Run(step);
        }
        catch (Exception failure)
        {
            throw _failure = RankFailedException.Of(0, failure);
        }
    }

    void RunTogether(in StepInput step)
    {
        _done.Reset();
        Volatile.Write(ref _pending, _threads.Length);
        foreach (var thread in _threads) thread.Start(step);
        _done.Wait();
        if (_failure is not null) throw _failure;
    }

    void Arrive(int rank, Exception? failure)
    {
        if (failure is not null) Interlocked.CompareExchange(ref _failure, RankFailedException.Of(rank, failure), null);
        if (Interlocked.Decrement(ref _pending) == 0 || failure is not null) _done.Set();
    }
}
