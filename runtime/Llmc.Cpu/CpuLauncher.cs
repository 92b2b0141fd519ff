using System.Diagnostics;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>One thread's launcher: does this thread's share of a kernel, then waits for its team.</summary>
sealed unsafe class CpuLauncher(CpuKernel[] kernels, Team team) : ILauncher
{
    /// <summary>Before the first launch.</summary>
    public const int NoKernel = -1;

    /// <summary>Row of the kernel that was launched last: what a failure names.</summary>
    public int Kernel { get; set; } = NoKernel;

    /// <summary>Where times go; null, the default, takes none.</summary>
    public LaunchTimes? Times { get; set; }

    public void Launch(int kernel, void* parameters)
    {
        Kernel = kernel;
        var started = Times is null ? 0 : Stopwatch.GetTimestamp();
        kernels[kernel].Execute(parameters, team);
        team.Barrier();
        Times?.Add(kernel, Stopwatch.GetTimestamp() - started);
    }
}

/// <summary>Time that each kernel of a rank took, from launch to the end of the barrier behind it, on the rank's first thread.</summary>
/// <param name="kernels">Rows of the rank's kernel table.</param>
public sealed class LaunchTimes(int kernels)
{
    readonly long[] _ticks = new long[kernels];
    readonly long[] _launches = new long[kernels];

    /// <summary>How often <paramref name="kernel"/> was launched.</summary>
    public long Launches(int kernel) => _launches[kernel];

    /// <summary>Sum over its launches.</summary>
    public TimeSpan Elapsed(int kernel) => Stopwatch.GetElapsedTime(0, _ticks[kernel]);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_ticks);
        Array.Clear(_launches);
    }

    internal void Add(int kernel, long ticks)
    {
        _ticks[kernel] += ticks;
        _launches[kernel]++;
    }
}
