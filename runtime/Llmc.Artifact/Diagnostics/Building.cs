namespace Llmc.Artifact;

// LLMC04xx: kernels and the build.
public static partial class Diagnostics
{
    /// <summary>The target lacks a kernel for what the model computes.</summary>
    public static Diagnostic NoKernelForOperation { get; } = new(
        "LLMC0401", "target {2} has no kernel for '{0}' as {1} uses it", "Report the architecture; the model's forms are in the folder that --dump writes.");

    /// <summary>The engine asks for a kernel that this runtime lacks.</summary>
    public static Diagnostic NoCpuKernel { get; } = new(
        "LLMC0411", "the CPU runtime has no kernel '{0}'", "Build the engine again with the compiler of this version.");

    /// <summary>The weights file is not the one that the manifest describes.</summary>
    public static Diagnostic WeightsSize { get; } = new(
        "LLMC0412", "{0}: should have {1} bytes but has {2}", "Copy or build the engine again.");

    /// <summary>A rank's memory cannot be had.</summary>
    public static Diagnostic OutOfMemory { get; } = new(
        "LLMC0413", "rank {0} needs {1} bytes for its {2} and the system refuses them", "Build with fewer KV blocks, sequences or tokens in a step.");

    public static Diagnostic InstructionSetNotSupported { get; } = new(
        "LLMC0450", "the instruction set {0} was asked for, but this machine has {1}",
        "Leave the option out to use the best that the machine has.");

    public static Diagnostic CodeOutsideFile { get; } = new(
        "LLMC0451", "{0}: the code '{1}' should be at bytes {2} to +{3}, but the file has {4} bytes",
        "The engine folder is damaged; build it again.");

    static IReadOnlyList<Diagnostic> Building =>
        [NoKernelForOperation, NoCpuKernel, WeightsSize, OutOfMemory, InstructionSetNotSupported, CodeOutsideFile];
}
