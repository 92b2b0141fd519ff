namespace Llmc.Artifact;

// LLMC04xx: kernels and the build.
public static partial class Diagnostics
{
    static IReadOnlyList<Diagnostic> Building =>
    [
    ];
}
