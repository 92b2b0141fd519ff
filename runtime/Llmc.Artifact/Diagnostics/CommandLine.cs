namespace Llmc.Artifact;

// LLMC09xx: the command line.
public static partial class Diagnostics
{
    static IReadOnlyList<Diagnostic> CommandLine =>
    [
    ];
}
