using Llmc.Artifact;
using Llmc.Text.Normalizers;
using Llmc.Text.PreTokenizers;
using Llmc.Text.Reading;
using Llmc.Text.Unicode;

namespace Llmc.Text;

/// <summary>A stretch of text as the model, or an added token, took it, and how many ids there were before it.</summary>
readonly record struct TakenPiece(string Text, int FirstId, bool IsAdded);

/// <summary>One text on its way to ids: added tokens out, normalize, added tokens out again, split, and each piece to the model.</summary>
sealed class Pipeline(TokenizerParts parts, List<int> ids)
{
    /// <summary>Whether the normalizer and the pre-tokenizer take part.</summary>
    public bool Normalizes { get; init; } = true;
    public bool PreTokenizes { get; init; } = true;

    /// <summary>Where to note the pieces, for those who want more than ids.</summary>
    public List<TakenPiece>? Pieces { get; init; }

    /// <exception cref="LlmcException">LLMC0609, LLMC0610.</exception>
    public void Append(string text)
    {
        if (CodePoints.IndexOfLoneSurrogate(text) is var at and >= 0) throw Diagnostics.TextNotWellFormed.With(at);
        foreach (var (start, end, token) in parts.Added.Verbatim.Split(text))
            if (token is null) AppendNormalized(text[start..end], startsAtOrigin: start == 0);
            else AppendAdded(text[start..end], token.Id);
    }

    void AppendNormalized(string text, bool startsAtOrigin)
    {
        var normalized = new NormalizedText(text, startsAtOrigin);
        if (Normalizes) parts.Normalizer?.Normalize(normalized);
        foreach (var (start, end, token) in parts.Added.Normalized.Split(normalized.Text))
            if (token is null) AppendPieces(new(normalized.Text[start..end], normalized.StartsAtOrigin && start == 0));
            else AppendAdded(normalized.Text[start..end], token.Id);
    }

    void AppendPieces(PieceText text)
    {
        if (PreTokenizes) parts.PreTokenizer?.Apply(text);
        foreach (var piece in text.Pieces)
        {
            Pieces?.Add(new(text.Span(piece).ToString(), ids.Count, IsAdded: false));
            parts.Model.Encode(text.Span(piece), ids);
        }
    }

    void AppendAdded(string text, int id)
    {
        Pieces?.Add(new(text, ids.Count, IsAdded: true));
        ids.Add(id);
    }
}
