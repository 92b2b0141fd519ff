namespace Llmc.Text.Models;

/// <summary>
/// Sentencepiece-style models see a whole document as one piece, with spaces spelled '▁'. Where no merge makes a token with
/// that mark behind another character, the piece can be merged word by word with the same result, and far faster.
/// </summary>
static class WordMarks
{
    const char Mark = '\u2581';

    /// <summary>The mark before which no merge reaches back, or null.</summary>
    public static char? Find(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
    {
        if (options.UnknownToken is null) return null;   // an unknown character may vanish, and what stood around it merge
        if (options.IgnoreMerges || options.ContinuingPrefix is not null || options.EndSuffix is not null || vocabulary.Find([Mark]) < 0) return null;
        foreach (var id in merges.Products)
            if (HasMarkInside(vocabulary.TokenOf(id))) return null;
        return Mark;
    }

    static bool HasMarkInside(ReadOnlySpan<char> token) =>
        token.IndexOfAnyExcept(Mark) is var start and >= 0 && token[start..].Contains(Mark);
}
