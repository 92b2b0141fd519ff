using System.Buffers;
using System.Text;
using Llmc.Text.Reading;
using Microsoft.ML.Tokenizers;

namespace Llmc.Text;

// What Microsoft.ML.Tokenizers asks of a tokenizer. Special tokens in the text are recognized; none are added around it.
// NormalizedText is what the model saw, marks for spaces included, and offsets are places in it.
public sealed partial class HuggingFaceTokenizer
{
    /// <inheritdoc/>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        if (settings.MaxTokenCount < int.MaxValue) return base.EncodeToIds(text, textSpan, settings);
        var ids = new List<int>();
        text ??= textSpan.ToString();
        new Pipeline(parts, ids) { Normalizes = settings.ConsiderNormalization, PreTokenizes = settings.ConsiderPreTokenization }.Append(text);
        return new() { Tokens = ids, CharsConsumed = text.Length };
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var (ids, pieces) = (new List<int>(), new List<TakenPiece>());
        new Pipeline(parts, ids) { Normalizes = settings.ConsiderNormalization, PreTokenizes = settings.ConsiderPreTokenization, Pieces = pieces }
            .Append(text ?? textSpan.ToString());
        var seen = string.Concat(pieces.Select(piece => piece.Text));
        var tokens = TokenSpans.Of(parts, ids, pieces);
        if (tokens.Count > settings.MaxTokenCount) tokens.RemoveRange(settings.MaxTokenCount, tokens.Count - settings.MaxTokenCount);
        return new() { Tokens = tokens, NormalizedText = seen, CharsConsumed = tokens.Count == ids.Count ? seen.Length : tokens.Count == 0 ? 0 : tokens[^1].Offset.End.Value };
    }

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids) => Decode([.. ids], skipSpecialTokens: false);

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        (idsConsumed, charsWritten) = (0, 0);
        var detokenizer = CreateDetokenizer(skipSpecialTokens: false);
        var taken = 0;
        foreach (var id in ids)
        {
            var text = detokenizer.Append(id);
            taken++;
            if (text.Length == 0) continue;
            if (!text.TryCopyTo(destination[charsWritten..])) return OperationStatus.DestinationTooSmall;
            charsWritten += text.Length;
            idsConsumed = taken;
        }
        var rest = detokenizer.Flush();
        if (!rest.TryCopyTo(destination[charsWritten..])) return OperationStatus.DestinationTooSmall;
        charsWritten += rest.Length;
        idsConsumed = taken;
        return OperationStatus.Done;
    }
}
