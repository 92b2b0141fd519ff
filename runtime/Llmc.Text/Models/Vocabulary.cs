using System.Numerics;
using System.Runtime.InteropServices;

namespace Llmc.Text.Models;

/// <summary>
/// Tokens and their ids, both ways. Ids need not be dense. Open addressing with hash, id and token side by side: reading a
/// tokenizer looks up a million tokens, and each time a dictionary would miss the cache once more.
/// </summary>
sealed class Vocabulary
{
    readonly record struct Slot(string? Token, uint Hash, int Id);   // free when it has no token

    readonly List<string?> tokens;
    Slot[] slots;

    public Vocabulary(int capacity = 0)
    {
        tokens = new(capacity);
        slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity * 3L / 2))];
    }

    /// <summary>How many different tokens there are.</summary>
    public int Count { get; private set; }

    /// <summary>The largest id and one.</summary>
    public int IdLimit => tokens.Count;

    /// <summary>A token that is there already gets the new id.</summary>
    public void Add(string token, int id)
    {
        if ((Count + 1) * 3L > slots.Length * 2L) Grow();
        while (tokens.Count <= id) tokens.Add(null);
        tokens[id] = token;
        var hash = HashOf(token);
        ref var slot = ref slots[SlotOf(token, hash)];
        if (slot.Token is null) Count++;
        slot = new(token, hash, id);
    }

    /// <summary>The id, or -1.</summary>
    public int Find(ReadOnlySpan<char> token)
    {
        ref readonly var slot = ref slots[SlotOf(token, HashOf(token))];
        return slot.Token is null ? -1 : slot.Id;
    }

    /// <summary>Null where the id names no token.</summary>
    public string? TokenOf(int id) => (uint)id < (uint)tokens.Count ? tokens[id] : null;

    /// <summary>Every token with its id.</summary>
    public IEnumerable<(string Token, int Id)> All =>
        slots.Where(slot => slot.Token is not null).Select(slot => (slot.Token!, slot.Id));

    // Where the token is, or the free slot where it would go.
    int SlotOf(ReadOnlySpan<char> token, uint hash)
    {
        for (var at = (int)(hash & slots.Length - 1); ; at = at + 1 & slots.Length - 1)
        {
            ref readonly var slot = ref slots[at];
            if (slot.Token is null || slot.Hash == hash && token.SequenceEqual(slot.Token)) return at;
        }
    }

    void Grow()
    {
        var old = slots;
        slots = new Slot[old.Length * 2];
        foreach (var slot in old)
        {
            if (slot.Token is null) continue;
            var at = (int)(slot.Hash & slots.Length - 1);
            while (slots[at].Token is not null) at = at + 1 & slots.Length - 1;
            slots[at] = slot;
        }
    }

    // Four characters at a time, mixed as in FxHash; the top half of the product is the good one.
    static uint HashOf(ReadOnlySpan<char> text)
    {
        const ulong Mix = 0x9E3779B97F4A7C15;
        var hash = (ulong)text.Length * Mix;
        var fours = MemoryMarshal.Cast<char, ulong>(text);
        foreach (var four in fours) hash = (BitOperations.RotateLeft(hash, 23) ^ four) * Mix;
        foreach (var character in text[(4 * fours.Length)..]) hash = (BitOperations.RotateLeft(hash, 23) ^ character) * Mix;
        return (uint)(hash >> 32);
    }
}
