using System.Collections.Concurrent;
using Llmc.Artifact;
using Llmc.Kernels.Cpu;

namespace Llmc.Cpu.Tests;

/// <summary>The ways this machine can run a kernel: each instruction set it has, with the code an engine would carry, and the widest in C# alone.</summary>
public sealed record Layer(InstructionSet Set, bool MachineCode)
{
    public static IReadOnlyList<Layer> All { get; } =
        [.. Enum.GetValues<InstructionSet>().Where(set => set <= InstructionSets.Detect()).Select(set => new Layer(set, true)), new(InstructionSets.Detect(), false)];

    /// <summary>Assembling takes most of the time that these tests need, so files of equal products are made once.</summary>
    static readonly ConcurrentDictionary<string, IReadOnlyList<CpuCodeFile>> Files = new();

    /// <summary>The code of an engine with one kernel.</summary>
    public CodeImage CodeFor(KernelSpec spec)
    {
        if (!MachineCode) return CodeImage.Empty;
        var key = spec is GemmSpec gemm ? $"{gemm.Format} {gemm.Input} {gemm.Columns}" : spec.ToString();
        var files = Files.GetOrAdd(key, _ => CpuCode.Assemble([spec]));
        return new([.. files.SelectMany(file => file.Code)], path => files.Single(file => file.Path == path).Bytes, Set);
    }

    public override string ToString() => $"{Set}{(MachineCode ? "" : " in C# alone")}";
}
