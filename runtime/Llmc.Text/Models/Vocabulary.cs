namespace Llmc.Text.Models;

/// <summary>Tokens and their ids, both ways. Ids need not be dense.</summary>
sealed class Vocabulary
{
    readonly Dictionary<string, int> ids;
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;
    readonly List<string?> tokens;

    public Vocabulary(int capacity = 0)
    {
        ids = new(capacity, StringComparer.Ordinal);
        lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        tokens = new(capacity);
    }

    /// <summary>How many different tokens there are.</summary>
    public int Count => ids.Count;

    /// <summary>The largest id and one.</summary>
    public int IdLimit => tokens.Count;

    /// <summary>A token that is there already gets the new id.</summary>
    public void Add(string token, int id)
    {
        ids[token] = id;
        while (tokens.Count <= id) tokens.Add(null);
        tokens[id] = token;
    }

    /// <summary>The id, or -1.</summary>
    public int Find(ReadOnlySpan<char> token) => lookup.TryGetValue(token, out var id) ? id : -1;

    /// <summary>Null where the id names no token.</summary>
    public string? TokenOf(int id) => (uint)id < (uint)tokens.Count ? tokens[id] : null;

    public IReadOnlyDictionary<string, int> Ids => ids;
}
