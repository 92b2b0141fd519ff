using Llmc.Artifact;
using Llmc.Cpu;

namespace Llmc.CommandLine;

/// <summary>Kernel timings for people.</summary>
static class KernelTable
{
    public static void Write(TextWriter output, MachineCeilings ceilings, IEnumerable<KernelTiming> timings)
    {
        output.WriteLine($"read bandwidth {ceilings.ReadBytesPerSecond / 1e9:0.0} GB/s, measured in this run\n");
        output.WriteLine($"{"kernel",-56} {"T",5} {"µs",10} {"best",10} {"GB/s",7} {"% read",7} {"GFLOP/s",9} {"% peak",7}");
        foreach (var t in timings)
            output.WriteLine(
                $"{t.Kernel,-56} {t.Rows,5} {t.Microseconds,10:0.0} {t.Best,10:0.0} {t.BytesPerSecond / 1e9,7:0.0} {100 * t.ShareOfBandwidth,7:0} {t.OperationsPerSecond / 1e9,9:0} {(t.ShareOfPeak is { } p ? $"{100 * p:0}" : "-"),7}");
    }
}

/// <summary>Step timings for people.</summary>
static class StepTable
{
    public static void Write(TextWriter output, Manifest manifest, MachineCeilings ceilings, IEnumerable<StepFigure> figures)
    {
        output.WriteLine($"{manifest.Model.Name}, weights {manifest.Numbers.Weights}, {manifest.Plan.World} ranks; read bandwidth {ceilings.ReadBytesPerSecond / 1e9:0.0} GB/s, measured in this run\n");
        output.WriteLine($"{"phase",-9} {"tokens",6} {"best tok/s",11} {"median",9} {"GB/s",7} {"% read",7} {"GFLOP/s",9} {"% peak",7}");
        foreach (var figure in figures)
        {
            var cost = CostOf(manifest, figure.Step);
            var (bytes, flops) = (cost.Bytes * figure.Median / figure.Step.Tokens, cost.Flops * figure.Median / figure.Step.Tokens);
            var peak = PeakOf(manifest, ceilings);
            output.WriteLine(
                $"{figure.Phase,-9} {figure.Tokens,6} {figure.Best,11:0.0} {figure.Median,9:0.0} {bytes / 1e9,7:0.0} {100 * bytes / ceilings.ReadBytesPerSecond,7:0} {flops / 1e9,9:0} {(peak is { } p ? $"{100 * flops / p:0}" : "-"),7}");
        }
    }

    /// <summary>All launches of all ranks in one step.</summary>
    static Cost CostOf(Manifest manifest, StepSize step) => manifest.Ranks
        .SelectMany(rank => rank.Launches.Select(k => rank.Kernels[k]))
        .Select(spec => spec is GemmSpec { Gather: true } head ? head.Cost(step.Sequences) : spec.Cost(step))
        .Aggregate(default(Cost), (sum, cost) => sum + cost);

    /// <summary>The peak of the dot product that most of the work is done with.</summary>
    static double? PeakOf(Manifest manifest, MachineCeilings ceilings)
    {
        var widest = manifest.Ranks[0].Kernels.OfType<GemmSpec>().Where(g => !g.Gather).MaxBy(g => (long)g.Rows * g.Columns);
        return widest is null ? null : ceilings.OperationsPerSecond(widest.Format, widest.Input);
    }
}
