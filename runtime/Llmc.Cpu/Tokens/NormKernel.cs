using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>RMSNorm or LayerNorm of rows; threads share the tokens.</summary>
sealed unsafe class NormKernel<T>(NormSpec spec) : CpuKernel where T : struct, ILanes<T>
{
    public override void Execute(void* parameters, Team team)
    {
        var p = (NormParameters*)parameters;
        var (start, end) = team.Share(p->Tokens);
        for (var token = start; token < end; token++)
        {
            var x = p->Input + (long)token * spec.HiddenSize;
            var y = p->Output + (long)token * spec.HiddenSize;
            if (spec.Kind == NormKind.Rms) RowNorm<T>.Rms(x, y, p->Weight, spec.HiddenSize, spec.Epsilon, spec.WeightOffset);
            else RowNorm<T>.Layer(x, y, p->Weight, spec.Bias ? p->Bias : null, spec.HiddenSize, spec.Epsilon, spec.WeightOffset);
        }
    }
}
