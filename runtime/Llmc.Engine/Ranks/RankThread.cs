using Llmc.Artifact;

namespace Llmc.Engine.Ranks;

/// <summary>A rank's own thread: waits for a step, runs it, says so.</summary>
sealed class RankThread : IDisposable
{
    readonly IRank _rank;
    readonly Action<int, Exception?> _arrive;
    readonly int _index;
    readonly Thread _thread;
    readonly SemaphoreSlim _start = new(0);
    StepInput _step;
    volatile bool _stopping;

    public RankThread(int index, IRank rank, Action<int, Exception?> arrive)
    {
        (_index, _rank, _arrive) = (index, rank, arrive);
        // In the background, so that a rank that hangs cannot keep the process alive.
        _thread = new(Loop) { Name = $"rank {index}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Begins a step; its end is reported through the callback.</summary>
    public void Start(in StepInput step)
    {
        _step = step;
        _start.Release();
    }

    /// <summary>Ends the thread after what it runs now.</summary>
    public void Stop()
    {
        _stopping = true;
        _start.Release();
    }

    /// <summary>Waits for the thread to end; it was told to stop.</summary>
    public void Dispose()
    {
        _thread.Join();
        _start.Dispose();
    }

    void Loop()
    {
        for (; ; )
        {
            _start.Wait();
            if (_stopping) return;
            _arrive(_index, RunStep());
        }
    }

    Exception? RunStep()
    {
        try
        {
            _rank.Run(_step);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }
}
