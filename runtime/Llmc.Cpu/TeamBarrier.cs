namespace Llmc.Cpu;

/// <summary>
/// A sense-reversing barrier for a fixed number of threads: spins for a short while, as all threads of a step normally
/// arrive within microseconds, then yields, so that more threads than cores still make progress.
/// </summary>
sealed class TeamBarrier(int participants)
{
    const int SpinsBeforeYield = 2000;
    int _arrived;
    volatile int _phase;

    /// <summary>Threads that must arrive.</summary>
    public int Participants => participants;

    /// <summary>Returns once all participants have called it.</summary>
    public void SignalAndWait()
    {
        if (participants == 1) return;
        var phase = _phase;
        if (Interlocked.Increment(ref _arrived) == participants)
        {
            _arrived = 0;
            _phase = phase + 1;
            return;
        }
        for (var spins = 0; _phase == phase; spins++)
            if (spins < SpinsBeforeYield) Thread.SpinWait(1);
            else Thread.Yield();
    }
}
