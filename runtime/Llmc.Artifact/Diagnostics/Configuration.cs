namespace Llmc.Artifact;

// LLMC02xx: config.json and the model it describes.
public static partial class Diagnostics
{
    static IReadOnlyList<Diagnostic> Configuration =>
    [
    ];
}
