namespace Llmc.Artifact;

// LLMC04xx: kernels and the build.
public static partial class Diagnostics
{
    /// <summary>The target lacks a kernel for what the model computes.</summary>
    public static Diagnostic NoKernelForOperation { get; } = new(
        "LLMC0401", "target {2} has no kernel for '{0}' as {1} uses it", "Report the architecture; the model's forms are in the folder that --dump writes.");

    /// <summary>The checkpoint's own quantization is not read.</summary>
    public static Diagnostic QuantizedCheckpoint { get; } = new(
        "LLMC0402", "{0}: config.json: quantization_config: the weights are quantized ('{1}'), and such checkpoints are not read",
        "Build from the unquantized checkpoint with --fp8 or --int8.");

    /// <summary>More positions than the model has.</summary>
    public static Diagnostic SequenceTooLong { get; } = new(
        "LLMC0403", "--max-seq-len {0} is more than the {1} positions of the model");

    /// <summary>Not one sequence fits the cache.</summary>
    public static Diagnostic CacheTooSmall { get; } = new(
        "LLMC0404", "--kv-cache-tokens {0} does not hold one sequence of {1} tokens", "Raise it, or lower --max-seq-len.");

    /// <summary>Forced instructions that the processor lacks.</summary>
    public static Diagnostic InstructionSetNotSupported { get; } = new(
        "LLMC0450", "the instruction set {0} was asked for, but this machine has {1}",
        "Leave the option out to use the best that the machine has.");

    /// <summary>The manifest's code table does not fit its file.</summary>
    public static Diagnostic CodeOutsideFile { get; } = new(
        "LLMC0451", "{0}: the code '{1}' should be at bytes {2} to +{3}, but the file has {4} bytes",
        "The engine folder is damaged; build it again.");

    /// <summary>The engine asks for a kernel that this runtime lacks.</summary>
    public static Diagnostic NoCpuKernel { get; } = new(
        "LLMC0411", "the CPU runtime has no kernel '{0}'", "Build the engine again with the compiler of this version.");

    /// <summary>The weights file is not the one that the manifest describes.</summary>
    public static Diagnostic WeightsSize { get; } = new(
        "LLMC0412", "{0}: should have {1} bytes but has {2}", "Copy or build the engine again.");

    /// <summary>A rank's memory cannot be had.</summary>
    public static Diagnostic OutOfMemory { get; } = new(
        "LLMC0413", "rank {0} needs {1} bytes for its {2} and the system refuses them", "Build with fewer KV blocks, sequences or tokens in a step.");

    static IReadOnlyList<Diagnostic> Building =>
    [
        NoKernelForOperation, QuantizedCheckpoint, SequenceTooLong, CacheTooSmall, NoCpuKernel, WeightsSize, OutOfMemory,
        InstructionSetNotSupported, CodeOutsideFile,
    ];
}
