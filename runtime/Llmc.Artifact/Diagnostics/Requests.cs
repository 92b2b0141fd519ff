namespace Llmc.Artifact;

// LLMC07xx: requests to a running engine.
public static partial class Diagnostics
{
    static IReadOnlyList<Diagnostic> Requests =>
    [
    ];
}
