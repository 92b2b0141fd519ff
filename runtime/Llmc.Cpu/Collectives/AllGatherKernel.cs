using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>Every rank copies all ranks' columns side by side; its threads share the output's elements.</summary>
sealed unsafe class AllGatherKernel : CpuKernel
{
    readonly int[] _columns;
    readonly int[] _starts;
    readonly int _total;
    readonly ExchangeGroup _group;
    readonly int _member;

    public AllGatherKernel(AllGatherSpec spec, ExchangeGroup group, int member)
    {
        (_columns, _group, _member) = ([.. spec.Columns], group, member);
        _starts = [.. _columns.Select((_, m) => _columns[..m].Sum())];
        _total = _columns.Sum();
    }

    public override void Execute(void* parameters, Team team)
    {
        var p = (AllGatherParameters*)parameters;
        if (team.Thread == 0) _group.Show(_member, p->Input);
        _group.Meet();
        var (start, end) = team.Share((long)p->Rows * _total);
        for (var row = start / _total; row * _total < end; row++)
            for (var m = 0; m < _columns.Length; m++)
                CopyPart(p, row, m, start - row * _total, end - row * _total);
        _group.Meet();
    }

    /// <summary>Member <paramref name="m"/>'s part of a row, as far as it lies in columns [<paramref name="start"/>, <paramref name="end"/>).</summary>
    void CopyPart(AllGatherParameters* p, long row, int m, long start, long end)
    {
        var from = (int)Math.Max(start, _starts[m]);
        var count = (int)Math.Min(end, _starts[m] + _columns[m]) - from;
        if (count <= 0) return;
        var source = _group.ShownBy(m) + row * _columns[m] + from - _starts[m];
        new Span<float>(source, count).CopyTo(new(p->Output + row * _total + from, count));
    }
}
