namespace Llmc.Artifact;

// LLMC08xx: output folders and disks.
public static partial class Diagnostics
{
    static IReadOnlyList<Diagnostic> Output =>
    [
    ];
}
