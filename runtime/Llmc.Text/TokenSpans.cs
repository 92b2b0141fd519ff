using System.Text;
using Llmc.Text.Reading;
using Llmc.Text.Unicode;
using Microsoft.ML.Tokenizers;

namespace Llmc.Text;

/// <summary>Finds which part of a piece each of its tokens stands for, after the fact, by their spelling.</summary>
static class TokenSpans
{
    public static List<EncodedToken> Of(TokenizerParts parts, List<int> ids, List<TakenPiece> pieces)
    {
        var tokens = new List<EncodedToken>(ids.Count);
        var start = 0;
        for (var i = 0; i < pieces.Count; i++)
        {
            var end = i + 1 < pieces.Count ? pieces[i + 1].FirstId : ids.Count;
            AppendPiece(parts, ids[pieces[i].FirstId..end], pieces[i], start, tokens);
            start += pieces[i].Text.Length;
        }
        return tokens;
    }

    static void AppendPiece(TokenizerParts parts, List<int> ids, TakenPiece piece, int start, List<EncodedToken> tokens)
    {
        var at = 0;
        for (var i = 0; i < ids.Count; i++)
        {
            var token = parts.Added.SpellingOf(ids[i]) ?? parts.Model.Vocabulary.TokenOf(ids[i])!;
            var next = i + 1 < ids.Count ? parts.Model.Vocabulary.TokenOf(ids[i + 1]) : null;
            var length = piece.IsAdded ? piece.Text.Length : LengthOf(piece.Text.AsSpan(at), token, next);
            tokens.Add(new(ids[i], token, (start + at)..(start + at + length)));
            at += length;
        }
    }

    // Its own length when it stands there; else it is a byte, which spans a character together with its neighbours, or the
    // unknown token, which spans what comes before the next token that stands there.
    static int LengthOf(ReadOnlySpan<char> rest, string token, string? next)
    {
        if (rest.StartsWith(token)) return token.Length;
        if (rest.IsEmpty || IsByte(token) && next is not null && IsByte(next)) return 0;
        if (next is null) return rest.Length;
        CodePoints.At(rest, 0, out var length);
        while (!IsByte(token) && length < rest.Length && !rest[length..].StartsWith(next)) length++;
        return length;
    }

    static bool IsByte(string token) => token is ['<', '0', 'x', _, _, '>'];
}
