using Llmc.Artifact;
using Llmc.Cpu;

namespace Llmc.CommandLine;

/// <summary>This machine as a benchmark sees it: its instructions, its threads, its measured ceilings.</summary>
sealed class Machine(InstructionSet set, int threads, CodeImage code)
{
    /// <summary>Measured once, before anything else is timed.</summary>
    public MachineCeilings Ceilings { get; } = MachineCeilings.Measure(threads, code);

    /// <summary>Times one GEMM.</summary>
    public KernelTiming Time(GemmSpec spec, int rows)
    {
        var timing = GemmBenchmark.Measure(spec, rows, threads, set, code, Ceilings);
        GC.KeepAlive(code);   // kernels hold addresses inside it
        return timing;
    }
}
