namespace Llmc.Cpu;

/// <summary>One thread's view of the threads that run a rank together.</summary>
sealed class Team(int thread, TeamBarrier barrier)
{
    /// <summary>0 for the rank's own thread, then its helpers.</summary>
    public int Thread => thread;

    /// <summary>Threads of the team.</summary>
    public int Threads => barrier.Participants;

    /// <summary>Waits until every thread of the team is here; what they wrote before is visible after.</summary>
    public void Barrier() => barrier.SignalAndWait();

    /// <summary>This thread's part of <paramref name="count"/> equal items: contiguous, sizes differing by at most one.</summary>
    public (int Start, int End) Share(int count) =>
        ((int)((long)count * thread / Threads), (int)((long)count * (thread + 1) / Threads));

    /// <inheritdoc cref="Share(int)"/>
    public (long Start, long End) Share(long count) => (count * thread / Threads, count * (thread + 1) / Threads);
}
