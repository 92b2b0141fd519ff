using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>How CPU ranks run.</summary>
public sealed record CpuOptions
{
    /// <summary>Instructions to use at most; null takes the best that the machine has.</summary>
    public InstructionSet? InstructionSet { get; init; }

    /// <summary>Threads of each rank; null divides the process's cores among the ranks.</summary>
    public int? ThreadsPerRank { get; init; }
}

/// <summary>
/// One rank on this machine's cores: its memory, its threads, its kernels. Every thread runs the rank program itself; a launch
/// is each thread's share of the kernel and a barrier.
/// </summary>
public sealed unsafe class CpuRank : IDisposable
{
    readonly RankManifest _manifest;
    readonly IRankProgram _program;
    readonly StepFailure _failure;
    readonly CodeImage _code;   // kernels hold addresses inside it
    readonly WeightsFile _weights;
    readonly NativeMemory _arena;
    readonly NativeMemory _kvCache;
    readonly CpuKernel[] _kernels;
    readonly CpuLauncher[] _launchers;
    readonly ParkedThreads _threads;
    RankMemory _memory;
    StepInput _step;

    /// <param name="weightsPath">The rank's weights file, mapped read-only.</param>
    /// <param name="program">The rank's compiled step.</param>
    /// <param name="code">The engine's machine code for <paramref name="set"/>.</param>
    /// <param name="exchange">Shared by all ranks of the engine.</param>
    public CpuRank(
        RankManifest rank, Limits limits, string weightsPath, IRankProgram program, InstructionSet set, CodeImage code, Exchange exchange)
    {
        (_manifest, _program, _failure, _code) = (rank, program, exchange.Failure, code);
        _weights = new(weightsPath, rank.Memory.Weights);
        (_arena, _kvCache) = (Allocate(rank, "arena", rank.Memory.Arena), Allocate(rank, "KV cache", rank.Memory.KvCache));
        _memory = new() { Weights = _weights.Address, Arena = _arena.Address, KvCache = _kvCache.Address };
        var context = new CpuKernelContext(set, limits, rank, exchange, code);
        _kernels = [.. rank.Kernels.Select(spec => CpuKernels.Create(spec, context))];
        var barrier = new TeamBarrier(exchange.ThreadsPerRank, exchange.Failure, exchange.Spins);
        _launchers = [.. Enumerable.Range(0, exchange.ThreadsPerRank).Select(thread => new CpuLauncher(_kernels, new Team(thread, barrier)))];
        _threads = new(exchange.ThreadsPerRank, $"rank{rank.Rank}", RunThread);
    }

    /// <summary>Runs a step on all threads and waits for it. All ranks that exchange must run it at the same time.</summary>
    /// <exception cref="RankException">This rank or another failed, now or before; none of them can go on.</exception>
    public void Run(in StepInput step)
    {
        ThrowIfFailed();
        _step = step;
        _threads.Run();
        GC.KeepAlive(_code);
        ThrowIfFailed();
    }

    /// <summary>A row of the last step's logits, f32[V]; valid until the next step.</summary>
    public ReadOnlySpan<float> Logits(int row, int vocabulary) =>
        new((float*)(_memory.Arena + _manifest.LogitsOffset) + (long)row * vocabulary, vocabulary);

    /// <summary>Takes the times of the first thread's launches from now on; null stops.</summary>
    public void Measure(LaunchTimes? times) => _launchers[0].Times = times;

    public void Dispose()
    {
        _threads.Dispose();
        foreach (var kernel in _kernels) (kernel as IDisposable)?.Dispose();
        _weights.Dispose();
        _arena.Dispose();
        _kvCache.Dispose();
    }

    static NativeMemory Allocate(RankManifest rank, string use, long bytes)
    {
        try
        {
            var memory = new NativeMemory(bytes);
            memory.Touch();
            return memory;
        }
        catch (OutOfMemoryException refused)
        {
            throw Diagnostics.OutOfMemory.Because(refused, rank.Rank, bytes, use);
        }
    }

    void RunThread(int thread)
    {
        var launcher = _launchers[thread];
        try
        {
            launcher.Kernel = CpuLauncher.NoKernel;
            _program.Run(launcher, _memory, _step);
        }
        catch (StepAbandonedException)
        {
            // the thread that failed has said why
        }
        catch (Exception cause)
        {
            _failure.Report(new(_manifest.Rank, KernelName(launcher.Kernel), cause));
        }
    }

    string KernelName(int kernel) => kernel == CpuLauncher.NoKernel ? _manifest.ProgramType : _manifest.Kernels[kernel].Name;

    void ThrowIfFailed()
    {
        if (_failure.First is { } first) throw new RankException(first);
    }
}
