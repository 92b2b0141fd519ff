namespace Llmc.Cpu;

/// <summary>
/// The first failure among ranks that exchange with each other. Every barrier of theirs watches it, so that nobody waits for
/// a thread that has fallen. Once set it stays: what the ranks hold is no longer consistent.
/// </summary>
sealed class StepFailure
{
    volatile RankException? _first;

    /// <summary>The failure; null while all is well.</summary>
    public RankException? First => _first;

    /// <summary>Keeps <paramref name="failure"/> if it is the first.</summary>
    public void Report(RankException failure) => Interlocked.CompareExchange(ref _first, failure, null);

    /// <summary>Leaves the step on a thread that is itself in order.</summary>
    /// <exception cref="StepAbandonedException">Another thread has failed.</exception>
    public void ThrowIfSet()
    {
        if (_first is not null) throw new StepAbandonedException();
    }
}

/// <summary>A rank that cannot go on, and the kernel it was in. The ranks it exchanges with report the same exception.</summary>
public sealed class RankException : Exception
{
    /// <summary>The rank that failed first.</summary>
    public int Rank { get; }

    /// <summary>Name of the kernel that was running.</summary>
    public string Kernel { get; }

    internal RankException(int rank, string kernel, Exception cause)
        : base($"rank {rank} failed in {kernel}: {cause.Message}", cause) => (Rank, Kernel) = (rank, kernel);

    /// <summary>The same failure, for one more thread to throw.</summary>
    internal RankException(RankException first) : this(first.Rank, first.Kernel, first.InnerException!) { }
}

/// <summary>Unwinds a thread whose step another thread has ended.</summary>
sealed class StepAbandonedException() : Exception("another thread ended the step");
