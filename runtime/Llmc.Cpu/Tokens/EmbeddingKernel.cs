using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>Gathers rows out of packed panels; threads share the tokens.</summary>
sealed unsafe class EmbeddingKernel<TElement>(EmbeddingSpec spec) : CpuKernel where TElement : struct, IElement
{
    readonly PackedWeight _table = new(spec.Format, spec.Rows, spec.HiddenSize);

    public override void Execute(void* parameters, Team team)
    {
        var p = (EmbeddingParameters*)parameters;
        var (start, end) = team.Share(p->Tokens);
        for (var token = start; token < end; token++)
            Gather(p->Weight, p->TokenIds[token] - spec.FirstRow, new(p->Output + (long)token * spec.HiddenSize, spec.HiddenSize));
    }

    void Gather(byte* weight, int row, Span<float> output)
    {
        if ((uint)row >= (uint)spec.Rows)
        {
            output.Clear();
            return;
        }
        var scale = spec.Scale;
        if (spec.Format is WeightFormat.F8E4M3 or WeightFormat.I8) scale *= ((float*)(weight + _table.ScalesOffset))[row];
        var source = weight + _table.OffsetOf(row, 0);
        var group = _table.Group;
        for (var k = 0; k < output.Length; source += (PackedWeight.PanelWidth - 1) * group * TElement.Bytes)
            for (var end = Math.Min(k + group, output.Length); k < end; k++, source += TElement.Bytes)
                output[k] = TElement.Widen(source) * scale;
    }
}
