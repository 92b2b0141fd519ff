using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>
/// Causal attention over the paged cache (after FlashAttention, Dao et al. 2022, and its split over keys for decoding).
/// Threads take shares of equal cost of all items' spans, in order; an item that straddles two shares is combined at the end.
/// </summary>
sealed unsafe class AttentionKernel<T, TElement> : CpuKernel, IDisposable
    where T : struct, ILanes<T> where TElement : struct, ICacheElement
{
    /// <summary>Rows of an item that share each tile of keys once it is loaded.</summary>
    const int TileRows = 64;

    /// <summary>Up to this many rows read keys where they lie: widening them once is dearer than widening them for each four rows.</summary>
    const int DirectRows = 8;

    const int RowBlock = TileProducts<T, TElement>.RowBlock;

    readonly AttentionSpec _spec;
    readonly bool _fitsLanes;
    readonly int _tileTokens;
    readonly int _stride;
    readonly NativeMemory _memory;
    readonly AttentionScratch[] _scratch;
    readonly TileSoftmax<T> _softmax;

    /// <param name="maxKeys">Positions of the longest sequence.</param>
    /// <param name="threads">Threads of the team.</param>
    public AttentionKernel(AttentionSpec spec, int maxKeys, int threads)
    {
        var heads = Enumerable.Range(0, spec.Heads.Kv).Select(kv => AttentionWork.HeadsOf(spec.Heads, kv)).Max(h => h.End - h.Start);
        (_spec, _softmax, _tileTokens) = (spec, new(spec), Math.Max(1, TileRows / heads));
        _fitsLanes = KeyTile<T, TElement>.FitsLanes(spec);
        var rows = RoundUp(_tileTokens * heads, RowBlock);
        _stride = RoundUp(spec.Heads.Dim, 2 * Lanes512.Count);
        var bytes = AttentionScratch.Bytes(rows, spec.Heads.Dim, _stride, maxKeys / AttentionItem.SpanKeys + 1);
        _memory = new(threads * bytes);
        _scratch = [.. Enumerable.Range(0, threads).Select(t => new AttentionScratch(_memory.Address + t * bytes, rows, spec.Heads.Dim, _stride))];
    }

    public void Dispose() => _memory.Dispose();

    public override void Execute(void* parameters, Team team)
    {
        var p = (AttentionParameters*)parameters;
        AttendShare(p, team);
        team.Barrier();
        FinishOpenItem(p, team);
    }

    /// <summary>A span belongs to the thread in whose share of the launch's cost it begins.</summary>
    void AttendShare(AttentionParameters* p, Team team)
    {
        var scratch = _scratch[team.Thread];
        (scratch.Open, scratch.Parts) = (null, 0);
        var (start, end) = team.Share(AttentionWork.Cost(_spec, p, _tileTokens));
        var work = new AttentionWork(_spec, p, _tileTokens);
        for (var at = 0L; at < end && work.Next(out var item); at += item.Cost)
            if (at + item.Cost > start) AttendSpans(p, item, start - at, end - at, scratch);
    }

    /// <summary>The spans that begin at a cost in [<paramref name="start"/>, <paramref name="end"/>) of the item's.</summary>
    void AttendSpans(AttentionParameters* p, in AttentionItem item, long start, long end, AttentionScratch scratch)
    {
        var first = item.SpanStart;
        while (first < item.SpanEnd && item.CostBefore(first) < start) first++;
        var last = first;
        while (last < item.SpanEnd && item.CostBefore(last) < end) last++;
        if (first == last) return;
        PackQueries(p, item, scratch.Queries);
        if (first == item.SpanStart) scratch.Total.Clear(item.Rows);
        for (var span = first; span < last; span++)
        {
            if (first > item.SpanStart)
            {
                AttendSpan(p, item, span, scratch.PartOf(scratch.Parts++), scratch);
                continue;
            }
            AttendSpan(p, item, span, scratch.Span, scratch);
            scratch.Total.Add<T>(scratch.Span, item.Rows);
        }
        if (first > item.SpanStart) return;
        if (last == item.SpanEnd) WriteOutput(p, item, scratch.Total);
        else scratch.Open = item;
    }

    /// <summary>The item that this thread began and others went on with.</summary>
    void FinishOpenItem(AttentionParameters* p, Team team)
    {
        var scratch = _scratch[team.Thread];
        if (scratch.Open is not { } item) return;
        for (var next = team.Thread + 1; next < _scratch.Length; next++)
        {
            for (var part = 0; part < _scratch[next].Parts; part++) scratch.Total.Add<T>(_scratch[next].PartOf(part), item.Rows);
            if (_scratch[next].Open is not null) break; // what comes after continues that one
        }
        WriteOutput(p, item, scratch.Total);
    }

    void AttendSpan(AttentionParameters* p, in AttentionItem item, int span, in SoftmaxRows sums, AttentionScratch scratch)
    {
        sums.Clear(item.Rows);
        var tile = new KeyTile<T, TElement>(_spec, scratch);
        var (from, to) = (Math.Max(item.KeyStart, span * AttentionItem.SpanKeys), Math.Min(item.KeyEnd, (span + 1) * AttentionItem.SpanKeys));
        for (var start = from / AttentionItem.TileKeys * AttentionItem.TileKeys; start < to; start += AttentionItem.TileKeys)
        {
            var runs = tile.Find(p, item, start, Math.Max(start, from), Math.Min(start + AttentionItem.TileKeys, to));
            if (_fitsLanes && item.Rows <= DirectRows)
                AttendTile(item, start, new TileProducts<T, TElement>(runs, _spec.Heads.Dim, _spec.Kv.BlockSize, _spec.Heads.Dim), sums, scratch);
            else
                AttendTile(item, start, new TileProducts<T, F32Element>(tile.Widen(runs), _spec.Heads.Dim, AttentionItem.TileKeys, _stride), sums, scratch);
        }
    }

    /// <summary>All rows against one tile, four at a time: they stand together in the packed queries.</summary>
    void AttendTile<TStored>(in AttentionItem item, int start, TileProducts<T, TStored> products, in SoftmaxRows sums, AttentionScratch scratch)
        where TStored : struct, ICacheElement
    {
        for (var row = 0; row < item.Rows; row += RowBlock)
            if (item.Rows - row == 1) AttendOne(item, start, row, products, sums, scratch);
            else AttendFour(item, start, row, Math.Min(RowBlock, item.Rows - row), products, sums, scratch);
    }

    /// <summary>Two to four rows; those that are lacking are computed out of whatever is there and looked at by nobody.</summary>
    void AttendFour<TStored>(
        in AttentionItem item, int start, int row, int rows, TileProducts<T, TStored> products, in SoftmaxRows sums, AttentionScratch scratch)
        where TStored : struct, ICacheElement
    {
        var (first, end) = (InTile(item.FirstKeyOf(row), start), InTile(item.EndKeyOf(row + rows - 1), start));
        if (first >= end) return;
        var (from, to) = (first / T.Count * T.Count, RoundUp(end, T.Count));
        products.Scores4(scratch.Queries + row * _spec.Heads.Dim, scratch.Scores, from, to);
        for (var r = 0; r < rows; r++)
            scratch.Factors[r] = _softmax.Run(
                scratch.Scores + r * AttentionItem.TileKeys, from, to, InTile(item.FirstKeyOf(row + r), start), InTile(item.EndKeyOf(row + r), start),
                ref sums.Greatest[row + r], ref sums.Denominators[row + r]);
        products.Mix4(scratch.Scores, sums.Sums + (long)row * _stride, scratch.Factors, _stride, first, end);
    }

    void AttendOne<TStored>(in AttentionItem item, int start, int row, TileProducts<T, TStored> products, in SoftmaxRows sums, AttentionScratch scratch)
        where TStored : struct, ICacheElement
    {
        var (first, end) = (InTile(item.FirstKeyOf(row), start), InTile(item.EndKeyOf(row), start));
        if (first >= end) return;
        var (from, to) = (first / T.Count * T.Count, RoundUp(end, T.Count));
        products.Scores1(scratch.Queries + row / RowBlock * RowBlock * _spec.Heads.Dim + row % RowBlock, scratch.Scores, from, to);
        var factor = _softmax.Run(scratch.Scores, from, to, first, end, ref sums.Greatest[row], ref sums.Denominators[row]);
        products.Mix1(scratch.Scores, sums.Sums + (long)row * _stride, factor, first, end);
    }

    /// <summary>Rows times the scale, four side by side.</summary>
    void PackQueries(AttentionParameters* p, in AttentionItem item, float* queries)
    {
        var dim = _spec.Heads.Dim;
        for (var row = 0; row < item.Rows; row++)
        {
            var (token, head) = Math.DivRem(row, item.Heads);
            var source = p->Qkv + (long)(item.Token + token) * _spec.Heads.QkvColumns + (item.Head + head) * dim;
            var packed = queries + row / RowBlock * RowBlock * dim + row % RowBlock;
            for (var d = 0; d < dim; d++) packed[d * RowBlock] = source[d] * _spec.Scale;
        }
    }

    /// <summary>Divides, with the head's sink in the denominator where there is one (Xiao et al. 2023).</summary>
    void WriteOutput(AttentionParameters* p, in AttentionItem item, in SoftmaxRows sums)
    {
        var dim = _spec.Heads.Dim;
        for (var row = 0; row < item.Rows; row++)
        {
            var (token, head) = Math.DivRem(row, item.Heads);
            var (greatest, denominator, numerator) = (sums.Greatest[row], sums.Denominators[row], 1f);
            if (_spec.Sinks)
            {
                var sink = p->Sinks[item.Head + head];
                numerator = MathF.Exp(greatest - MathF.Max(greatest, sink));
                denominator = denominator * numerator + MathF.Exp(sink - MathF.Max(greatest, sink));
            }
            var output = p->Output + ((long)(item.Token + token) * _spec.Heads.Query + item.Head + head) * dim;
            var sum = sums.Sums + (long)row * _stride;
            for (var d = 0; d < dim; d++) output[d] = sum[d] * (numerator / denominator);
        }
    }

    static int InTile(int position, int start) => Math.Clamp(position - start, 0, AttentionItem.TileKeys);

    static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
