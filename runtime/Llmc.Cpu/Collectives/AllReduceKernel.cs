using System.Runtime.CompilerServices;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>
/// Every rank adds all ranks' rows itself, in rank order, so that all get the same bits on every run. A rank's threads share
/// the elements. Inputs stay as they are until every thread of the group has read them.
/// </summary>
sealed unsafe class AllReduceKernel<T>(AllReduceSpec spec, ExchangeGroup group, int member) : CpuKernel where T : struct, ILanes<T>
{
    public override void Execute(void* parameters, Team team)
    {
        var p = (AllReduceParameters*)parameters;
        if (team.Thread == 0) group.Show(member, p->Input);
        group.Meet();
        var (start, end) = team.Share(p->Tokens * spec.Columns);
        while (start < end)
        {
            var count = Math.Min(end - start, spec.Columns - start % spec.Columns);
            Reduce(p, start, count);
            start += count;
        }
        group.Meet();
    }

    /// <summary>Elements of one row, from <paramref name="first"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Reduce(AllReduceParameters* p, int first, int count)
    {
        var bias = spec.Bias ? p->Bias + first % spec.Columns : null;
        var residual = spec.Residual ? p->Residual + first : null;
        var i = 0;
        for (; i <= count - T.Count; i += T.Count)
        {
            var sum = T.Load(group.ShownBy(0) + first + i);
            for (var m = 1; m < group.Members; m++) sum += T.Load(group.ShownBy(m) + first + i);
            sum *= T.Broadcast(spec.Scale);
            if (bias != null) sum += T.Load(bias + i);
            if (residual != null) sum += T.Load(residual + i);
            T.Store(sum, p->Output + first + i);
        }
        for (; i < count; i++)
        {
            var sum = group.ShownBy(0)[first + i];
            for (var m = 1; m < group.Members; m++) sum += group.ShownBy(m)[first + i];
            sum *= spec.Scale;
            if (bias != null) sum += bias[i];
            if (residual != null) sum += residual[i];
            p->Output[first + i] = sum;
        }
    }
}
