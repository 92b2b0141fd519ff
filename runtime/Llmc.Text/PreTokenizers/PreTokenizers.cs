using Llmc.Text.Patterns;
using Llmc.Text.Unicode;

namespace Llmc.Text.PreTokenizers;

/// <summary>A step that cuts a text into the pieces that the model sees, and may spell them differently.</summary>
interface IPreTokenizer
{
    void Apply(PieceText text);
}

/// <summary>One pre-tokenizer after the other.</summary>
sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> steps) : IPreTokenizer
{
    public void Apply(PieceText text)
    {
        foreach (var step in steps) step.Apply(text);
    }
}

/// <summary>Cuts at the matches of a pattern: Split, Digits, Punctuation, Whitespace and WhitespaceSplit differ in the pattern only.</summary>
sealed class Split(Pattern pattern, SplitBehavior behavior) : IPreTokenizer
{
    public void Apply(PieceText text) => text.Split(pattern, behavior);

    public static Split Digits(bool individual) =>
        new(new CodePointPattern(CodePoints.IsNumber), individual ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    public static Split Punctuation(SplitBehavior behavior) => new(new CodePointPattern(CodePoints.IsPunctuation), behavior);

    public static Split WhiteSpace() => new(new CodePointPattern(CodePoints.IsWhiteSpace), SplitBehavior.Removed);

    /// <summary>Runs of word characters, runs of other characters; white space is dropped.</summary>
    public static Split Words() => new(new WordRuns(), SplitBehavior.Removed);

    public static IPreTokenizer Bert() => new PreTokenizerSequence([WhiteSpace(), Punctuation(SplitBehavior.Isolated)]);

    // The stretches between the words are what counts as a match, so that Removed drops them.
    sealed class WordRuns : Pattern
    {
        enum Kind { None, Space, Word, Other }

        protected override bool Find(ReadOnlySpan<char> text, int from, out int start, out int end) =>
            throw new InvalidOperationException("word runs only cover");

        public override void Cover(ReadOnlySpan<char> text, List<Stretch> stretches)
        {
            var (start, current) = (0, Kind.None);
            for (int at = 0, length; at < text.Length; at += length)
            {
                var kind = KindOf(CodePoints.At(text, at, out length));
                if (kind == current) continue;
                if (at > start) stretches.Add(new(start, at, current == Kind.Space));
                (start, current) = (at, kind);
            }
            if (text.Length > start) stretches.Add(new(start, text.Length, current == Kind.Space));
        }

        static Kind KindOf(int codePoint) =>
            CodePoints.IsWord(codePoint) ? Kind.Word : CodePoints.IsWhiteSpace(codePoint) ? Kind.Space : Kind.Other;
    }
}

/// <summary>Spells pieces in the byte-level alphabet, after GPT-2's split where that is asked for.</summary>
sealed class ByteLevel(bool addPrefixSpace, bool useRegex) : IPreTokenizer
{
    const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    readonly RegexPattern? pattern = useRegex ? new(Gpt2) : null;

    public void Apply(PieceText text)
    {
        if (addPrefixSpace)
            text.Rewrite((_, piece, written) =>
            {
                if (piece.Span[0] != ' ') written.Append(' ');
                written.Append(piece);
            });
        if (pattern is not null) text.Split(pattern, SplitBehavior.Isolated);
        text.Rewrite((_, piece, written) => ByteAlphabet.Append(piece.Span, written));
    }
}

/// <summary>Where Metaspace puts its mark before a text that does not begin with it.</summary>
enum PrependScheme { Always, First, Never }

/// <summary>Sentencepiece's spelling of spaces as a visible mark, with one put before the text.</summary>
sealed class Metaspace(string mark, PrependScheme scheme, bool split) : IPreTokenizer
{
    readonly LiteralPattern pattern = new(mark);

    public void Apply(PieceText text)
    {
        var startsAtOrigin = text.StartsAtOrigin;
        text.Rewrite((index, piece, written) =>
        {
            var begins = piece.Span[0] == ' ' || piece.Span.StartsWith(mark);
            if (!begins && (scheme == PrependScheme.Always || scheme == PrependScheme.First && index == 0 && startsAtOrigin)) written.Append(mark);
            var start = written.Length;
            written.Append(piece).Replace(" ", mark, start, written.Length - start);
        });
        if (split) text.Split(pattern, SplitBehavior.MergedWithNext);
    }
}
