using Llmc.Text.Unicode;

namespace Llmc.Text.Models;

/// <summary>Whole pieces only.</summary>
sealed class WordLevelModel(Vocabulary vocabulary, string unknownToken) : TokenModel(vocabulary)
{
    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        var id = Vocabulary.Find(piece);
        if (id < 0) id = Vocabulary.Find(unknownToken);
        ids.Add(id >= 0 ? id : throw NoUnknownToken(unknownToken));
    }
}

/// <summary>The longest token that begins the rest of the word, again and again; a word that this cannot spell is unknown as a whole.</summary>
sealed class WordPieceModel(Vocabulary vocabulary, string unknownToken, string continuingPrefix, int longestWord) : TokenModel(vocabulary)
{
    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        var first = ids.Count;
        if (LengthOf(piece) <= longestWord && Spell(piece, ids)) return;
        ids.RemoveRange(first, ids.Count - first);
        var unknown = Vocabulary.Find(unknownToken);
        ids.Add(unknown >= 0 ? unknown : throw NoUnknownToken(unknownToken));
    }

    bool Spell(ReadOnlySpan<char> word, List<int> ids)
    {
        Span<char> candidate = new char[continuingPrefix.Length + word.Length];
        continuingPrefix.CopyTo(candidate);
        for (var start = 0; start < word.Length;)
        {
            var end = word.Length;
            var id = -1;
            word[start..].CopyTo(candidate[continuingPrefix.Length..]);
            for (; end > start; end = CodePoints.Before(word, end))
            {
                var text = candidate[..(continuingPrefix.Length + end - start)];
                id = Vocabulary.Find(start > 0 ? text : text[continuingPrefix.Length..]);
                if (id >= 0) break;
            }
            if (id < 0) return false;
            ids.Add(id);
            start = end;
        }
        return true;
    }

    static int LengthOf(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes()) count++;
        return count;
    }
}
