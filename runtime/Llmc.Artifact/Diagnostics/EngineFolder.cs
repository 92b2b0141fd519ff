namespace Llmc.Artifact;

// LLMC05xx: engine folders.
public static partial class Diagnostics
{
    static IReadOnlyList<Diagnostic> EngineFolder =>
    [
    ];
}
