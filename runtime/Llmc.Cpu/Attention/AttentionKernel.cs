using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>
/// Causal attention over the paged cache (after FlashAttention, Dao et al. 2022, and its split over keys for decoding).
/// Threads take shares of equal cost of all items' spans, in order; an item that straddles two shares is combined at the end.
/// </summary>
sealed unsafe class AttentionKernel<T, TElement> : CpuKernel, IDisposable
    where T : struct, ILanes<T> where TElement : struct, ICacheElement
{
    readonly AttentionCut _cut;
    readonly NativeMemory _memory;
    readonly AttentionScratch[] _scratch;
    readonly SpanAttention<T, TElement> _attention;

    /// <param name="maxKeys">Positions of the longest sequence.</param>
    /// <param name="threads">Threads of the team.</param>
    public AttentionKernel(AttentionSpec spec, int maxKeys, int threads)
    {
        (_cut, _attention) = (new(spec, threads), new(spec));
        var (rows, dim, stride) = (_cut.MostRows, spec.Heads.Dim, SpanAttention<T, TElement>.StrideOf(spec));
        var bytes = AttentionScratch.Bytes(rows, dim, stride, maxKeys / AttentionItem.SpanKeys + 1);
        _memory = new(threads * bytes);
        _scratch = [.. Enumerable.Range(0, threads).Select(t => new AttentionScratch(_memory.Address + t * bytes, rows, dim, stride))];
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
        var (start, end) = team.Share(AttentionWork.Cost(_cut, p));
        var work = new AttentionWork(_cut, p);
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
        _attention.PackQueries(p, item, scratch);
        if (first > item.SpanStart) Continue(p, item, first, last, scratch);
        else Begin(p, item, last, scratch);
    }

    void Begin(AttentionParameters* p, in AttentionItem item, int last, AttentionScratch scratch)
    {
        scratch.Total.Clear(item.Rows);
        for (var span = item.SpanStart; span < last; span++)
        {
            _attention.Run(p, item, span, scratch.Span, scratch);
            scratch.Total.Add<T>(scratch.Span, item.Rows);
        }
        if (last == item.SpanEnd) _attention.WriteOutput(p, item, scratch.Total);
        else scratch.Open = item;
    }

    /// <summary>Spans of an item that another thread began stay apart: only together do they have their place in the order.</summary>
    void Continue(AttentionParameters* p, in AttentionItem item, int first, int last, AttentionScratch scratch)
    {
        for (var span = first; span < last; span++) _attention.Run(p, item, span, scratch.PartOf(scratch.Parts++), scratch);
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
        _attention.WriteOutput(p, item, scratch.Total);
    }
}
