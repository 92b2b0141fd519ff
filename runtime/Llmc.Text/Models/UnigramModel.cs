using System.Buffers;
using System.Runtime.InteropServices;
using Llmc.Text.Unicode;

namespace Llmc.Text.Models;

/// <summary>The unigram language model (Kudo, 2018): of all ways to spell a piece, the one whose scores sum highest.</summary>
sealed class UnigramModel : TokenModel
{
    const double UnknownPenalty = 10;   // below the lowest score
    readonly double[] scores;
    readonly CharTrie trie = new();
    readonly PieceCache cache = new();
    readonly ByteFallback? byteFallback;
    readonly int? unknownId;
    readonly double unknownScore;

    /// <param name="vocabulary">Its ids are the places in <paramref name="scores"/>.</param>
    /// <param name="scores">Log-probabilities.</param>
    /// <param name="unknownId">The token of what cannot be spelled.</param>
    /// <param name="spellsBytes">Whether that is spelled with byte tokens instead, where there are all of them.</param>
    public UnigramModel(Vocabulary vocabulary, double[] scores, int? unknownId, bool spellsBytes) : base(vocabulary)
    {
        (this.scores, this.unknownId) = (scores, unknownId);
        byteFallback = spellsBytes ? new ByteFallback(vocabulary) : null;
        foreach (var (token, id) in vocabulary.All) trie.Add(token, id);
        unknownScore = scores.Append(double.PositiveInfinity).Min() - UnknownPenalty;
    }

    // The best way to reach a place: its score, where its last token starts (-1: not reached) and which token that is.
    readonly record struct Arrival(double Score, int Start, int Id);

    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (cache.TryAppend(piece, ids)) return;
        var first = ids.Count;
        var rented = ArrayPool<Arrival>.Shared.Rent(piece.Length + 1);
        var arrivals = rented.AsSpan(0, piece.Length + 1);
        arrivals.Fill(new(0, -1, 0));
        for (int at = 0, length; at < piece.Length; at += length)
        {
            CodePoints.At(piece, at, out length);
            Depart(piece, at, length, arrivals);
        }
        Retrace(piece, arrivals, ids);
        ArrayPool<Arrival>.Shared.Return(rented);
        cache.Remember(piece, CollectionsMarshal.AsSpan(ids)[first..]);
    }

    // Every token that begins here, and the unknown token when none of them is this one character.
    void Depart(ReadOnlySpan<char> piece, int at, int characterLength, Span<Arrival> arrivals)
    {
        var (here, isKnown) = (arrivals[at].Score, false);
        for (int end = at, node = CharTrie.Root; end < piece.Length;)
        {
            node = trie.Step(node, piece[end++]);
            if (node < 0) break;
            if (trie.ValueAt(node) is not (>= 0 and var id)) continue;
            Arrive(ref arrivals[end], new(here + scores[id], at, id));
            isKnown |= end - at == characterLength;
        }
        if (isKnown) return;
        Arrive(ref arrivals[at + characterLength], new(here + unknownScore, at, unknownId ?? throw NoUnknownToken(null)));
    }

    static void Arrive(ref Arrival best, Arrival candidate)
    {
        if (best.Start < 0 || candidate.Score > best.Score) best = candidate;
    }

    // Back from the end; neighbouring unknowns are one.
    void Retrace(ReadOnlySpan<char> piece, ReadOnlySpan<Arrival> arrivals, List<int> ids)
    {
        var first = ids.Count;
        for (var end = piece.Length; end > 0;)
        {
            var start = arrivals[end].Start;
            if (arrivals[end].Id == unknownId)
            {
                while (start > 0 && arrivals[start].Id == unknownId) start = arrivals[start].Start;
                AddUnknownReversed(piece[start..end], ids);
            }
            else ids.Add(arrivals[end].Id);
            end = start;
        }
        ids.Reverse(first, ids.Count - first);
    }

    void AddUnknownReversed(ReadOnlySpan<char> text, List<int> ids)
    {
        if (Vocabulary.Find(text) is var id and >= 0)
        {
            ids.Add(id);
            return;
        }
        var bytes = new int[text.Length * 3];
        var count = byteFallback?.Spell(text, bytes) ?? 0;
        if (count == 0) ids.Add(unknownId!.Value);
        for (var i = count - 1; i >= 0; i--) ids.Add(bytes[i]);
    }
}
