namespace Llmc.Artifact;

// LLMC03xx: parallelism plans.
public static partial class Diagnostics
{
    static IReadOnlyList<Diagnostic> Planning =>
    [
    ];
}
