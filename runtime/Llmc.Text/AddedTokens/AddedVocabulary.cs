using Llmc.Text.Models;
using Llmc.Text.Normalizers;

namespace Llmc.Text.AddedTokens;

/// <summary>The added tokens of a tokenizer: where they stand in a text, and how they are spelled when decoding.</summary>
sealed class AddedVocabulary
{
    readonly Dictionary<int, string> spellings = [];
    readonly HashSet<int> skipped = [];

    public AddedVocabulary(IReadOnlyList<AddedToken> tokens, INormalizer? normalizer)
    {
        Tokens = tokens;
        var special = tokens.Where(token => token.Special).Select(token => token.Content).ToHashSet(StringComparer.Ordinal);
        var (verbatim, normalized) = (new List<(string, AddedToken)>(), new List<(string, AddedToken)>());
        foreach (var token in tokens)
        {
            var spelling = token.Normalized ? Normalize(token.Content, normalizer) : token.Content;
            (token.Normalized ? normalized : verbatim).Add((spelling, token));
            spellings[token.Id] = spelling;
            if (special.Contains(spelling)) skipped.Add(token.Id);
        }
        (Verbatim, Normalized) = (new(verbatim), new(normalized));
    }

    public IReadOnlyList<AddedToken> Tokens { get; }

    /// <summary>Finds the tokens that stand in the user's text as they are.</summary>
    public AddedTokenMatcher Verbatim { get; }

    /// <summary>Finds the others in the normalized text.</summary>
    public AddedTokenMatcher Normalized { get; }

    /// <summary>The text that an added token decodes to, null for the ids of the model.</summary>
    public string? SpellingOf(int id) => spellings.GetValueOrDefault(id);

    public bool IsSkipped(int id) => skipped.Contains(id);

    /// <summary>
    /// Gives ids as Hugging Face does, whatever the file says: a token that the model has keeps that id, the others are
    /// numbered on from the vocabulary, in order.
    /// </summary>
    public static List<AddedToken> Number(IEnumerable<AddedToken> tokens, Vocabulary vocabulary)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var numbered = new Dictionary<int, AddedToken>();
        var next = vocabulary.Count;
        foreach (var token in tokens)
        {
            if (token.Content.Length == 0) continue;
            if (!ids.TryGetValue(token.Content, out var id)) id = vocabulary.Find(token.Content) is var known and >= 0 ? known : next++;
            ids[token.Content] = id;
            numbered[id] = token with { Id = id };
        }
        return [.. numbered.Values];
    }

    static string Normalize(string content, INormalizer? normalizer)
    {
        var text = new NormalizedText(content, startsAtOrigin: true);
        normalizer?.Normalize(text);
        return text.Text;
    }
}
