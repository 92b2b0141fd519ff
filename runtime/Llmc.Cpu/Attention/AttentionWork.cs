using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>How the tokens of a launch are cut into items.</summary>
/// <param name="Threads">Threads of the team.</param>
readonly record struct AttentionCut(AttentionSpec Spec, int Threads)
{
    /// <summary>Rows of an item that share each tile of keys once it is widened.</summary>
    const int TileRows = 64;

    /// <summary>Up to this many rows a KV head read keys where they lie: widening them once would not pay.</summary>
    public const int DirectRows = 8;

    readonly int _heads = HeadGroup.MostHeads(Spec.Heads);

    /// <summary>Tokens of an item that attends to one KV head.</summary>
    public int TileTokens => Math.Max(1, TileRows / _heads);

    /// <summary>Most rows of an item.</summary>
    public int MostRows => Math.Max(RowsPerHead(TileTokens), Spec.Heads.Kv * RowsPerHead(DirectRows / _heads));

    /// <summary>Rows of <paramref name="tokens"/> tokens for one KV head, in whole blocks.</summary>
    public int RowsPerHead(int tokens) => (tokens * _heads + 3) / 4 * 4;

    /// <summary>
    /// KV heads of an item: all of them where few tokens read many keys, as memory is the limit then, unless the launch is too
    /// small to keep every thread busy that way.
    /// </summary>
    public int KvHeads(int tokens, int keys, int sequences) =>
        tokens * _heads <= DirectRows && (keys >= Threads * AttentionItem.SpanKeys || sequences >= 4 * Threads) ? Spec.Heads.Kv : 1;
}

/// <summary>The items of a launch: sequence by sequence, KV head by KV head, a tile of tokens at a time.</summary>
unsafe struct AttentionWork
{
    readonly AttentionCut _cut;
    readonly AttentionParameters* _step;
    int _sequence, _kvHead, _token;

    public AttentionWork(in AttentionCut cut, AttentionParameters* step)
    {
        (_cut, _token) = (cut, step->QueryStart[0]);
        _step = step;
    }

    /// <summary>The next item; false when there is none left.</summary>
    public bool Next(out AttentionItem item)
    {
        for (; _sequence < _step->Sequences; _sequence++, _kvHead = 0, _token = _step->QueryStart[_sequence])
        {
            var (start, end, keys) = (_step->QueryStart[_sequence], _step->QueryStart[_sequence + 1], _step->ContextLengths[_sequence]);
            var heads = _cut.KvHeads(end - start, keys, _step->Sequences);
            for (; _kvHead < _cut.Spec.Heads.Kv; _kvHead += heads, _token = start)
                if (_token < end)
                {
                    var tokens = Math.Min(_cut.TileTokens, end - _token);
                    item = new(_sequence, _kvHead, heads, _token, tokens, keys - (end - _token), _cut.RowsPerHead(tokens), _cut.Spec.Window);
                    _token += tokens;
                    return true;
                }
        }
        item = default;
        return false;
    }

    /// <summary>Work of all items together, in the unit of <see cref="AttentionItem.Cost"/>.</summary>
    public static long Cost(in AttentionCut cut, AttentionParameters* step)
    {
        var (work, cost) = (new AttentionWork(cut, step), 0L);
        while (work.Next(out var item)) cost += item.Cost;
        return cost;
    }
}
