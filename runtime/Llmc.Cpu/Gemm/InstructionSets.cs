using System.Runtime.Intrinsics.X86;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>What this machine can run.</summary>
public static class InstructionSets
{
    /// <summary>The last layer whose instructions the processor and the operating system support.</summary>
    /// <remarks>.NET has no classes for the last two: CPUID leaf 7, subleaf 0, ECX bit 11 and subleaf 1, EAX bit 5.</remarks>
    public static InstructionSet Detect()
    {
        if (!Avx2.IsSupported || !Fma.IsSupported) return InstructionSet.Portable;
        if (!Avx512BW.VL.IsSupported || !Avx512DQ.IsSupported) return InstructionSet.Avx2;
        var vnni = (X86Base.CpuId(7, 0).Ecx & 1 << 11) != 0;
        if (!vnni) return InstructionSet.Avx512;
        var bf16 = (X86Base.CpuId(7, 1).Eax & 1 << 5) != 0;
        return bf16 ? InstructionSet.Avx512Bf16 : InstructionSet.Avx512Vnni;
    }

    /// <summary>The machine's own layer, or the one asked for.</summary>
    /// <exception cref="LlmcException">LLMC0450 when this machine lacks what was asked for.</exception>
    public static InstructionSet Choose(InstructionSet? forced)
    {
        var detected = Detect();
        if (forced is { } set && set > detected) throw Diagnostics.InstructionSetNotSupported.With(set, detected);
        return forced ?? detected;
    }
}
