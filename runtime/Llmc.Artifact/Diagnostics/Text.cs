namespace Llmc.Artifact;

// LLMC06xx: tokenizers and text.
public static partial class Diagnostics
{
    static IReadOnlyList<Diagnostic> Text =>
    [
    ];
}
