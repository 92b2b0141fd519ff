using System.Diagnostics;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>One line of the kernel benchmark: a shape, its time, and its share of what the machine could do at best.</summary>
/// <param name="Kernel">Name of the spec.</param>
/// <param name="Rows">T, input rows.</param>
/// <param name="Microseconds">Median of a launch.</param>
/// <param name="Best">Shortest launch, in microseconds: what an undisturbed machine does.</param>
/// <param name="BytesPerSecond">Least traffic by the median.</param>
/// <param name="OperationsPerSecond">Arithmetic by the median.</param>
/// <param name="ShareOfBandwidth">Of the reading speed measured in the same run; above 1 only when operands stay in a cache.</param>
/// <param name="ShareOfPeak">Of the dot-product peak measured in the same run; null where there is no loop to measure it.</param>
public sealed record KernelTiming(
    string Kernel, int Rows, double Microseconds, double Best, double BytesPerSecond, double OperationsPerSecond,
    double ShareOfBandwidth, double? ShareOfPeak);

/// <summary>Times GEMMs as a step runs them: all threads of a team, weights that no cache still holds.</summary>
public static unsafe class GemmBenchmark
{
    /// <summary>Weights read between two uses of the same weights: several times a last-level cache.</summary>
    const long ColdBytes = 192L << 20;

    /// <summary>Times one spec at one number of rows.</summary>
    /// <param name="code">The engine's machine code; without it the C# kernels are timed.</param>
    /// <param name="samples">Launches that are timed, at least one for each copy of the weights.</param>
    public static KernelTiming Measure(
        GemmSpec spec, int rows, int threads, InstructionSet set, CodeImage code, MachineCeilings ceilings, int samples = 9)
    {
        var kernel = GemmKernel.For(spec, set, code);
        var copies = (int)Math.Clamp(ColdBytes / spec.Weight.Bytes, 1, 64);
        using var weights = new NativeMemory(spec.Weight.Bytes * copies);
        using var activations = new NativeMemory(4L * rows * (spec.Columns + 2L * spec.OutputColumns) + 8L * (spec.Columns + spec.Weight.Rows));
        using var workspace = new NativeMemory(spec.WorkspaceBytes(rows));
        Fill(weights, spec.Format);
        var launch = Launch(spec, rows, activations, workspace);
        var times = new double[Math.Max(samples, copies)];
        TeamStopwatch.Run(threads, team => TimeLaunches(kernel, launch, weights.Address, copies, spec.Weight.Bytes, times, team));
        return Timing(spec, rows, times, ceilings);
    }

    /// <summary>One untimed launch, then one for each entry of <paramref name="times"/> (in seconds), the copies of the weights in turn.</summary>
    static void TimeLaunches(
        GemmKernel kernel, GemmParameters launch, byte* weights, int copies, long copyBytes, double[] times, Team team)
    {
        for (var i = -1; i < times.Length; i++)
        {
            launch.Weight = weights + (i + 1) % copies * copyBytes;
            var start = Stopwatch.GetTimestamp();
            kernel.Execute(&launch, team);
            team.Barrier();
            if (team.Thread == 0 && i >= 0) times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    static GemmParameters Launch(GemmSpec spec, int rows, NativeMemory activations, NativeMemory workspace)
    {
        var at = (float*)activations.Address;
        float* Take(long count)
        {
            var start = at;
            at += count;
            return start;
        }
        var launch = new GemmParameters
        {
            Tokens = rows,
            Input = Take((long)rows * spec.Columns),
            InputStride = spec.Columns,
            NormWeight = Take(spec.Columns),
            NormBias = Take(spec.Columns),
            Bias = Take(spec.Weight.Rows),
            Residual = Take((long)rows * spec.OutputColumns),
            Output = Take((long)rows * spec.OutputColumns),
            Workspace = workspace.Address,
        };
        for (var i = 0L; i < (long)rows * spec.Columns; i++) launch.Input[i] = i % 13 - 6;
        return launch;
    }

    /// <summary>Bytes that are ordinary numbers in every format: subnormal operands would cost extra time.</summary>
    static void Fill(NativeMemory weights, WeightFormat format)
    {
        if (format is WeightFormat.BF16 or WeightFormat.F32)
            for (var i = 0L; i < weights.Bytes / 2; i++) ((ushort*)weights.Address)[i] = (ushort)(0x3C00 + i % 64);
        else
            for (var i = 0L; i < weights.Bytes; i++) weights.Address[i] = (byte)(0x30 + i % 16);
    }

    static KernelTiming Timing(GemmSpec spec, int rows, double[] times, MachineCeilings ceilings)
    {
        Array.Sort(times);
        var median = times[times.Length / 2];
        var cost = spec.Cost(rows);
        return new(
            spec.Name, rows, median * 1e6, times[0] * 1e6, cost.Bytes / median, cost.Flops / median,
            cost.Bytes / median / ceilings.ReadBytesPerSecond, cost.Flops / median / ceilings.OperationsPerSecond(spec.Format, spec.Input));
    }
}
