using Llmc.Artifact;

namespace Llmc.Text.Models;

/// <summary>Turns one piece of text into ids. Safe for several threads at once.</summary>
abstract class TokenModel(Vocabulary vocabulary)
{
    public Vocabulary Vocabulary { get; } = vocabulary;

    /// <summary>Appends the ids of a piece, which is not empty.</summary>
    /// <exception cref="LlmcException">LLMC0610 when the piece has no tokens and the model no token for the unknown.</exception>
    public abstract void Encode(ReadOnlySpan<char> piece, List<int> ids);

    protected static LlmcException NoUnknownToken(string? name) =>
        Diagnostics.UnknownTokenMissing.With(name ?? "(none)");
}
