namespace Llmc.Artifact;

// LLMC01xx: weights files.
public static partial class Diagnostics
{
    static IReadOnlyList<Diagnostic> Weights =>
    [
    ];
}
