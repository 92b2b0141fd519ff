using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>cos and sin of position · inverse frequency, the product rounded to float32 as PyTorch does; threads share the tokens.</summary>
sealed unsafe class RotaryTableKernel(RotaryTableSpec spec) : CpuKernel
{
    readonly int _half = spec.RotaryDim / 2;

    public override void Execute(void* parameters, Team team)
    {
        var p = (RotaryTableParameters*)parameters;
        var (start, end) = team.Share(p->Tokens);
        for (var token = start; token < end; token++)
        {
            var cosines = p->Cosines + (long)token * _half;
            var sines = p->Sines + (long)token * _half;
            for (var i = 0; i < _half; i++)
            {
                var (sine, cosine) = MathF.SinCos(p->Positions[token] * p->InverseFrequencies[i]);
                (cosines[i], sines[i]) = (cosine * spec.Factor, sine * spec.Factor);
            }
        }
    }
}
