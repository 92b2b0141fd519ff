namespace Llmc.Cpu;

/// <summary>
/// A sense-reversing barrier for a fixed number of threads: spins for a short while, as all threads of a step normally
/// arrive within microseconds, then yields, so that more threads than cores still make progress.
/// </summary>
/// <param name="participants">Threads that must arrive.</param>
/// <param name="failure">Ends the wait with an exception once it is set.</param>
/// <param name="spins">Tries before each further one gives the core away; 0 where threads outnumber cores.</param>
sealed class TeamBarrier(int participants, StepFailure? failure = null, int spins = TeamBarrier.DefaultSpins)
{
    /// <summary>About 20 µs.</summary>
    public const int DefaultSpins = 1000;

    int _arrived;
    volatile int _phase;

    /// <summary>Threads that must arrive.</summary>
    public int Participants => participants;

    /// <summary>Returns once all participants have called it.</summary>
    /// <exception cref="StepAbandonedException">One of them never will.</exception>
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
        for (var tries = 0; _phase == phase; tries++)
        {
            if (tries < spins)
            {
                Thread.SpinWait(1);
                continue;
            }
            failure?.ThrowIfSet();
            Thread.Yield();
        }
    }
}
