using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>What a rank is made of.</summary>
public sealed record CpuRankSetup
{
    public required RankManifest Rank { get; init; }
    public required Limits Limits { get; init; }
    /// <summary>V: floats in a row of logits.</summary>
    public required int VocabSize { get; init; }
    /// <summary>The rank's weights file; its hash was checked by the caller.</summary>
    public required string WeightsPath { get; init; }
    public required IRankProgram Program { get; init; }
    /// <summary>Shared by all ranks of the engine; decides the threads of each.</summary>
    public required Exchange Exchange { get; init; }
    /// <summary>From <see cref="InstructionSets.Choose"/>.</summary>
    public required InstructionSet Set { get; init; }
    /// <summary>The engine's machine code; <see cref="CodeImage.Empty"/> runs ordinary C#.</summary>
    public required CodeImage Code { get; init; }
}

/// <summary>One rank on this machine: its kernels, its memory, its threads. Ranks of an engine run a step at the same time, each on a thread of its caller's.</summary>
public sealed unsafe class CpuRank : IDisposable
{
    readonly CpuRankSetup _setup;
    readonly CpuKernel[] _kernels;
    readonly CpuLauncher[] _launchers;
    readonly ParkedThreads _threads;
    readonly WeightsFile _weights;
    readonly RankRegion _arena, _kvCache;
    RankMemory _memory;
    StepInput _step;

    /// <exception cref="LlmcException">LLMC0411 unknown kernel, LLMC0412 weights file of another size, LLMC0413 no memory.</exception>
    public CpuRank(CpuRankSetup setup)
    {
        _setup = setup;
        var (rank, threads) = (setup.Rank, setup.Exchange.ThreadsPerRank);
        var context = new CpuKernelContext(setup.Set, setup.Code, setup.Limits, rank, setup.Exchange);
        _kernels = [.. rank.Kernels.Select(spec => CpuKernels.Create(spec, context))];
        _weights = new(setup.WeightsPath, rank.Memory.Weights);
        _arena = new(rank.Rank, "buffers", rank.Memory.Arena);
        _kvCache = new(rank.Rank, "KV cache", rank.Memory.KvCache);
        _memory = new() { Weights = _weights.Address, Arena = _arena.Address, KvCache = _kvCache.Address };
        var barrier = new TeamBarrier(threads, setup.Exchange.Failure, setup.Exchange.Spins);
        _launchers = [.. Enumerable.Range(0, threads).Select(thread => new CpuLauncher(_kernels, new(thread, barrier)))];
        _threads = new(threads, $"rank {rank.Rank}", RunThread);
    }

    /// <summary>The rank's memory, for tools that look into it between steps.</summary>
    public RankMemory Memory => _memory;

    /// <summary>Collects the time of every kernel from the next step on; null stops that.</summary>
    public void Time(LaunchTimes? times) => _launchers[0].Times = times;

    /// <summary>Runs a step on all threads of the rank, the caller's among them. Allocates nothing.</summary>
    /// <exception cref="RankException">A kernel of this rank, or of one that it exchanges with, failed, now or in a step before.</exception>
    public void Run(in StepInput step)
    {
        ThrowIfFailed();
        _step = step;
        _threads.Run();
        ThrowIfFailed();
    }

    /// <summary>A row of the last step's logits, f32[V]; valid until the next step.</summary>
    public ReadOnlySpan<float> Logits(int row) =>
        new((float*)(_memory.Arena + _setup.Rank.LogitsOffset) + (long)row * _setup.VocabSize, _setup.VocabSize);

    /// <summary>Not while a step runs.</summary>
    public void Dispose()
    {
        _threads.Dispose();
        foreach (var kernel in _kernels) (kernel as IDisposable)?.Dispose();
        _kvCache.Dispose();
        _arena.Dispose();
        _weights.Dispose();
    }

    void RunThread(int thread)
    {
        var launcher = _launchers[thread];
        try
        {
            launcher.Kernel = CpuLauncher.NoKernel;
            _setup.Program.Run(launcher, _memory, _step);
        }
        catch (StepAbandonedException)
        {
            // Whoever failed has said so.
        }
        catch (Exception failure)
        {
            _setup.Exchange.Failure.Report(new(_setup.Rank.Rank, KernelName(launcher.Kernel), failure));
        }
    }

    string KernelName(int kernel) => kernel == CpuLauncher.NoKernel ? _setup.Rank.ProgramType : _setup.Rank.Kernels[kernel].Name;

    void ThrowIfFailed()
    {
        if (_setup.Exchange.Failure.First is { } first) throw new RankException(first);
    }
}
