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

    static IReadOnlyList<Diagnostic> Building => [NoKernelForOperation, QuantizedCheckpoint, SequenceTooLong, CacheTooSmall];
}
