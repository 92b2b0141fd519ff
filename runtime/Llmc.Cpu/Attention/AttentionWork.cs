using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>The items of a launch: sequence by sequence, KV head by KV head, a tile of tokens at a time.</summary>
unsafe struct AttentionWork
{
    readonly AttentionSpec _spec;
    readonly AttentionParameters* _step;
    readonly int _tileTokens;
    int _sequence, _kvHead, _token;

    public AttentionWork(AttentionSpec spec, AttentionParameters* step, int tileTokens)
    {
        (_spec, _tileTokens, _token) = (spec, tileTokens, step->QueryStart[0]);
        _step = step;
    }

    /// <summary>The next item; false when there is none left.</summary>
    public bool Next(out AttentionItem item)
    {
        for (; _sequence < _step->Sequences; _sequence++, _kvHead = 0, _token = _step->QueryStart[_sequence])
            for (; _kvHead < _spec.Heads.Kv; _kvHead++, _token = _step->QueryStart[_sequence])
                if (_token < _step->QueryStart[_sequence + 1])
                {
                    item = Item();
                    _token += item.Tokens;
                    return true;
                }
        item = default;
        return false;
    }

    /// <summary>Work of all items together, in the unit of <see cref="AttentionItem.Cost"/>.</summary>
    public static long Cost(AttentionSpec spec, AttentionParameters* step, int tileTokens)
    {
        var (work, cost) = (new AttentionWork(spec, step, tileTokens), 0L);
        while (work.Next(out var item)) cost += item.Cost;
        return cost;
    }

    readonly AttentionItem Item()
    {
        var (end, heads) = (_step->QueryStart[_sequence + 1], _spec.Heads);
        var (head, headEnd) = HeadsOf(heads, _kvHead);
        return new(
            _sequence, _kvHead, head, headEnd - head, _token, Math.Min(_tileTokens, end - _token),
            _step->ContextLengths[_sequence] - (end - _token), _spec.Window);
    }

    /// <summary>Local query heads that read local KV head <paramref name="kvHead"/>; a group's first may stand on another rank.</summary>
    public static (int Start, int End) HeadsOf(in Heads heads, int kvHead) =>
        (Math.Max(0, kvHead * heads.GroupSize - heads.GroupOffset), Math.Min(heads.Query, (kvHead + 1) * heads.GroupSize - heads.GroupOffset));
}
