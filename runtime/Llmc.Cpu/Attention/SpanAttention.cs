using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>One item against one span of its keys, tile by tile; and what comes before and after: packing queries, writing outputs.</summary>
sealed unsafe class SpanAttention<T, TElement>(AttentionSpec spec) where T : struct, ILanes<T> where TElement : struct, ICacheElement
{
    const int RowBlock = TileProducts<T, TElement>.RowBlock;

    readonly int _dim = spec.Heads.Dim;
    readonly int _stride = StrideOf(spec);
    readonly bool _fitsLanes = KeyTile<T, TElement>.FitsLanes(spec);
    readonly TileSoftmax<T> _softmax = new(spec.SoftCap);

    /// <summary>Floats between rows of widened values and of sums: D in whole pairs of registers of any width.</summary>
    public static int StrideOf(AttentionSpec spec) => RoundUp(spec.Heads.Dim, 2 * Lanes512.Count);

    /// <summary>Rows times the scale, four side by side.</summary>
    public void PackQueries(AttentionParameters* p, in AttentionItem item, AttentionScratch scratch)
    {
        for (var index = 0; index < item.KvHeads; index++)
        {
            var group = HeadGroup.Of(item, index, spec.Heads);
            for (var r = 0; r < group.Rows; r++)
            {
                var (token, head) = Math.DivRem(r, group.Heads);
                var source = p->Qkv + (long)(item.Token + token) * spec.Heads.QkvColumns + (group.Head + head) * _dim;
                var packed = Query(scratch, group.FirstRow + r);
                for (var d = 0; d < _dim; d++) packed[d * RowBlock] = source[d] * spec.Scale;
            }
        }
    }

    /// <summary>The item's rows over the keys of <paramref name="span"/>.</summary>
    /// <param name="sums">Overwritten with what the rows see there.</param>
    public void Run(AttentionParameters* p, in AttentionItem item, int span, in SoftmaxRows sums, AttentionScratch scratch)
    {
        sums.Clear(item.Rows);
        var (from, to) = (Math.Max(item.KeyStart, span * AttentionItem.SpanKeys), Math.Min(item.KeyEnd, (span + 1) * AttentionItem.SpanKeys));
        for (var start = from / AttentionItem.TileKeys * AttentionItem.TileKeys; start < to; start += AttentionItem.TileKeys)
            for (var index = 0; index < item.KvHeads; index++)
                AttendTile(p, item, HeadGroup.Of(item, index, spec.Heads), start, Math.Max(start, from), Math.Min(start + AttentionItem.TileKeys, to), sums, scratch);
    }

    /// <summary>Divides, with the head's sink in the denominator where there is one (Xiao et al. 2023).</summary>
    public void WriteOutput(AttentionParameters* p, in AttentionItem item, in SoftmaxRows sums)
    {
        for (var index = 0; index < item.KvHeads; index++)
        {
            var group = HeadGroup.Of(item, index, spec.Heads);
            for (var r = 0; r < group.Rows; r++)
            {
                var (token, head) = Math.DivRem(r, group.Heads);
                var factor = sums.Normalizer(group.FirstRow + r, spec.Sinks ? p->Sinks[group.Head + head] : float.NegativeInfinity);
                var output = p->Output + ((long)(item.Token + token) * spec.Heads.Query + group.Head + head) * _dim;
                var sum = sums.Sums + (long)(group.FirstRow + r) * _stride;
                for (var d = 0; d < _dim; d++) output[d] = sum[d] * factor;
            }
        }
    }

    /// <summary>All rows of a KV head against positions [<paramref name="from"/>, <paramref name="to"/>) of the tile at <paramref name="start"/>.</summary>
    void AttendTile(
        AttentionParameters* p, in AttentionItem item, in HeadGroup group, int start, int from, int to, in SoftmaxRows sums, AttentionScratch scratch)
    {
        var tile = new KeyTile<T, TElement>(spec, scratch);
        var runs = tile.Find(p, item, group.KvHead, start, from, to);
        if (_fitsLanes && item.RowsPerHead <= AttentionCut.DirectRows)
            AttendRows(item, group, start, new TileProducts<T, TElement>(runs, _dim, spec.Kv.BlockSize, _dim), sums, scratch);
        else
            AttendRows(item, group, start, new TileProducts<T, F32Element>(tile.Widen(runs), _dim, AttentionItem.TileKeys, _stride), sums, scratch);
    }

    void AttendRows<TStored>(
        in AttentionItem item, in HeadGroup group, int start, TileProducts<T, TStored> products, in SoftmaxRows sums, AttentionScratch scratch)
        where TStored : struct, ICacheElement
    {
        for (var row = 0; row < group.Rows; row += RowBlock)
            if (group.Rows - row == 1) AttendOne(item, group, row, start, products, sums, scratch);
            else AttendFour(item, group, row, start, products, sums, scratch);
    }

    /// <summary>Two to four rows; those that are lacking are computed out of whatever is there and looked at by nobody.</summary>
    void AttendFour<TStored>(
        in AttentionItem item, in HeadGroup group, int row, int start, TileProducts<T, TStored> products, in SoftmaxRows sums, AttentionScratch scratch)
        where TStored : struct, ICacheElement
    {
        var rows = Math.Min(RowBlock, group.Rows - row);
        var (first, _) = Visible(item, group.TokenOf(row), start);
        var (_, end) = Visible(item, group.TokenOf(row + rows - 1), start);
        if (first >= end) return;
        var (from, to, at) = (first / T.Count * T.Count, RoundUp(end, T.Count), group.FirstRow + row);
        products.Scores4(Query(scratch, at), scratch.Scores, from, to);
        for (var r = 0; r < rows; r++)
            scratch.Factors[r] = _softmax.Run(
                scratch.Scores + r * AttentionItem.TileKeys, from, to, Visible(item, group.TokenOf(row + r), start),
                ref sums.Greatest[at + r], ref sums.Denominators[at + r]);
        products.Mix4(scratch.Scores, sums.Sums + (long)at * _stride, scratch.Factors, _stride, first, end);
    }

    void AttendOne<TStored>(
        in AttentionItem item, in HeadGroup group, int row, int start, TileProducts<T, TStored> products, in SoftmaxRows sums, AttentionScratch scratch)
        where TStored : struct, ICacheElement
    {
        var (first, end) = Visible(item, group.TokenOf(row), start);
        if (first >= end) return;
        var (from, to, at) = (first / T.Count * T.Count, RoundUp(end, T.Count), group.FirstRow + row);
        products.Scores1(Query(scratch, at), scratch.Scores, from, to);
        var factor = _softmax.Run(scratch.Scores, from, to, (first, end), ref sums.Greatest[at], ref sums.Denominators[at]);
        products.Mix1(scratch.Scores, sums.Sums + (long)at * _stride, factor, first, end);
    }

    /// <summary>The row's place in the packed queries, whose dimensions are <see cref="RowBlock"/> apart.</summary>
    float* Query(AttentionScratch scratch, int row) => scratch.Queries + row / RowBlock * RowBlock * _dim + row % RowBlock;

    /// <summary>Positions of the tile at <paramref name="start"/> that a token attends to, counted in the tile.</summary>
    static (int First, int End) Visible(in AttentionItem item, int token, int start) =>
        (Math.Clamp(item.FirstKeyOf(token) - start, 0, AttentionItem.TileKeys), Math.Clamp(item.EndKeyOf(token) - start, 0, AttentionItem.TileKeys));

    static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
