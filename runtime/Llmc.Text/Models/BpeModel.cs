using System.Buffers;
using System.Runtime.InteropServices;
using Llmc.Text.Unicode;

namespace Llmc.Text.Models;

/// <summary>What tokenizer.json says about a BPE model besides vocabulary and merges.</summary>
sealed record BpeOptions(string? UnknownToken, string? ContinuingPrefix, string? EndSuffix, bool FuseUnknown, bool ByteFallback, bool IgnoreMerges);

/// <summary>Byte-pair encoding (Sennrich, Haddow and Birch, 2016) as Hugging Face's tokenizers do it.</summary>
sealed class BpeModel : TokenModel
{
    readonly MergeTable merges;
    readonly BpeOptions options;
    readonly ByteFallback? byteFallback;
    readonly PieceCache cache = new();
    readonly int unknownId;
    readonly int[] idOfCharacter = new int[0x10000];   // of the tokens that are one UTF-16 unit; -1 where there is none
    readonly char? wordMark;

    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options) : base(vocabulary)
    {
        (this.merges, this.options) = (merges, options);
        byteFallback = options.ByteFallback ? new ByteFallback(vocabulary) : null;
        unknownId = options.UnknownToken is null ? -1 : vocabulary.Find(options.UnknownToken);
        Array.Fill(idOfCharacter, -1);
        foreach (var (token, id) in vocabulary.All)
            if (token.Length == 1) idOfCharacter[token[0]] = id;
        wordMark = WordMarks.Find(vocabulary, merges, options);
    }

    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (options.IgnoreMerges && Vocabulary.Find(piece) is var whole and >= 0) ids.Add(whole);
        else if (wordMark is { } mark) EncodeWords(piece, mark, ids);
        else EncodeWord(piece, ids);
    }

    // No merge makes a token with the mark behind another character, so none crosses the place before it.
    void EncodeWords(ReadOnlySpan<char> piece, char mark, List<int> ids)
    {
        while (true)
        {
            var start = piece.IndexOfAnyExcept(mark);
            var length = start < 0 ? -1 : piece[start..].IndexOf(mark);
            if (length < 0) break;
            EncodeWord(piece[..(start + length)], ids);
            piece = piece[(start + length)..];
        }
        EncodeWord(piece, ids);
    }

    void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        if (cache.TryAppend(word, ids)) return;
        var start = ids.Count;
        // A UTF-16 unit is at most three bytes, each perhaps a token; affixes add at most a few symbols at either end.
        var room = word.Length * 3 + 4 * ((options.ContinuingPrefix?.Length ?? 0) * word.Length + (options.EndSuffix?.Length ?? 0));
        var rented = room > 256 ? ArrayPool<int>.Shared.Rent(room) : null;
        var symbols = rented ?? stackalloc int[256];
        var count = Spell(word, symbols);
        ids.AddRange(symbols[..BytePairs.Merge(merges, symbols[..count])]);
        if (rented is not null) ArrayPool<int>.Shared.Return(rented);
        cache.Remember(word, CollectionsMarshal.AsSpan(ids)[start..]);
    }

    // The symbols before merging: a token a code point, else its bytes, else the unknown token, else nothing.
    int Spell(ReadOnlySpan<char> word, Span<int> symbols)
    {
        var (count, pendingUnknown) = (0, false);
        for (int at = 0, length; at < word.Length; at += length)
        {
            CodePoints.At(word, at, out length);
            var id = length == 1 && options is { ContinuingPrefix: null, EndSuffix: null }
                ? idOfCharacter[word[at]]
                : Vocabulary.Find(Affixed(word, at, length));
            if (id >= 0)
            {
                if (pendingUnknown) symbols[count++] = unknownId;
                pendingUnknown = false;
                symbols[count++] = id;
            }
            else if (byteFallback?.Spell(Affixed(word, at, length), symbols[count..]) is > 0 and var spelled) count += spelled;
            else if (options.UnknownToken is not null)
            {
                if (unknownId < 0) throw NoUnknownToken(options.UnknownToken);
                if (pendingUnknown && !options.FuseUnknown) symbols[count++] = unknownId;
                pendingUnknown = true;
            }
        }
        if (pendingUnknown) symbols[count++] = unknownId;
        return count;
    }

    ReadOnlySpan<char> Affixed(ReadOnlySpan<char> word, int at, int length)
    {
        var character = word.Slice(at, length);
        if (options is { ContinuingPrefix: null, EndSuffix: null }) return character;
        return string.Concat(at > 0 ? options.ContinuingPrefix : "", character, at + length == word.Length ? options.EndSuffix : "");
    }
}
