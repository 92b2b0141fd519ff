namespace Llmc.Artifact;

// LLMC04xx: kernels and the build.
public static partial class Diagnostics
{
    /// <summary>The target lacks a kernel for what the model computes.</summary>
    public static Diagnostic NoKernelForOperation { get; } = new(
        "LLMC0401", "target {2} has no kernel for '{0}' as {1} uses it", "Report the architecture; the model's forms are in the folder that --dump writes.");

    static IReadOnlyList<Diagnostic> Building => [NoKernelForOperation];
}
