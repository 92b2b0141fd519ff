namespace Llmc.Engine;

/// <summary>A rank died; the engine with it.</summary>
public sealed class RankFailedException : Exception
{
    RankFailedException(int rank, string message, Exception cause) : base(message, cause) => Rank = rank;

    /// <summary>The rank that failed first.</summary>
    public int Rank { get; }

    /// <summary>The failure that <paramref name="rank"/> reports: its own, or that of a rank it exchanges with.</summary>
    internal static RankFailedException Of(int rank, Exception cause) => cause is Cpu.RankException first
        ? new(first.Rank, first.Message, first)
        : new(rank, $"rank {rank}: {cause.Message}", cause);
}
