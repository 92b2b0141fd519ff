using System.Buffers;
using Llmc.Text.Models;
using Llmc.Text.Unicode;

namespace Llmc.Text.AddedTokens;

/// <summary>A stretch of text that is an added token, or that has none in it.</summary>
readonly record struct Segment(int Start, int End, AddedToken? Token);

/// <summary>Finds added tokens: the leftmost match, of several there the longest, then on behind it.</summary>
sealed class AddedTokenMatcher
{
    readonly AddedToken[] tokens;
    readonly CharTrie trie = new();
    readonly SearchValues<char> firstCharacters;

    /// <param name="spellings">The tokens and how each is spelled in the texts to search.</param>
    public AddedTokenMatcher(IReadOnlyList<(string Spelling, AddedToken Token)> spellings)
    {
        tokens = [.. spellings.Select(spelling => spelling.Token)];
        firstCharacters = SearchValues.Create([.. spellings.Where(spelling => spelling.Spelling.Length > 0).Select(spelling => spelling.Spelling[0])]);
        for (var i = 0; i < spellings.Count; i++)
            if (spellings[i].Spelling.Length > 0) trie.Add(spellings[i].Spelling, i);
    }

    /// <summary>Segments that cover the text, none empty.</summary>
    public List<Segment> Split(string text)
    {
        var segments = new List<Segment>();
        var covered = 0;
        for (var from = 0; Find(text, from) is { } match; from = match.End)
        {
            var (start, end, token) = (match.Start, match.End, match.Token!);
            if (token.SingleWord && TouchesWord(text, start, end)) continue;
            if (token.StripsLeft) start = Math.Max(covered, text.AsSpan(0, start).TrimEnd().Length);
            if (token.StripsRight) end = text.Length - text.AsSpan(end).TrimStart().Length;
            if (start > covered) segments.Add(new(covered, start, null));
            segments.Add(new(Math.Max(start, covered), end, token));
            covered = end;
        }
        if (covered < text.Length) segments.Add(new(covered, text.Length, null));
        return segments;
    }

    Segment? Find(string text, int from)
    {
        while (text.AsSpan(from).IndexOfAny(firstCharacters) is var skipped and >= 0)
        {
            var start = from + skipped;
            if (LongestAt(text, start) is { } match) return match;
            from = start + 1;
        }
        return null;
    }

    Segment? LongestAt(string text, int start)
    {
        Segment? longest = null;
        var node = CharTrie.Root;
        for (var at = start; at < text.Length; at++)
        {
            node = trie.Step(node, text[at]);
            if (node < 0) break;
            if (trie.ValueAt(node) is >= 0 and var token) longest = new(start, at + 1, tokens[token]);
        }
        return longest;
    }

    static bool TouchesWord(string text, int start, int end) =>
        start > 0 && CodePoints.IsWord(CodePoints.At(text, CodePoints.Before(text, start), out _))
        || end < text.Length && CodePoints.IsWord(CodePoints.At(text, end, out _));
}
