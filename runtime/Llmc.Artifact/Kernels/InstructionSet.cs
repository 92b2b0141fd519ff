namespace Llmc.Artifact;

/// <summary>Layers of CPU code, each using all that the ones before it use.</summary>
public enum InstructionSet
{
    /// <summary>128-bit vectors of any machine.</summary>
    Portable,
    /// <summary>AVX2, FMA, F16C.</summary>
    Avx2,
    /// <summary>AVX-512 F, BW, DQ, VL.</summary>
    Avx512,
    /// <summary>VPDPBUSD: Cascade Lake, Zen 4.</summary>
    Avx512Vnni,
    /// <summary>VDPBF16PS: Cooper Lake, Zen 4.</summary>
    Avx512Bf16,
}
