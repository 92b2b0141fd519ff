using Llmc.Artifact;

namespace Llmc.Graph;

/// <summary>Pointwise nonlinearities.</summary>
static class Activations
{
    public static Func<float, float> Of(Activation activation) => activation switch
    {
        Activation.Silu => x => x / (1f + MathF.Exp(-x)),
        Activation.Gelu => x => (float)(0.5 * x * (1 + ErrorFunction(x / Math.Sqrt(2)))),
        Activation.GeluTanh => x => 0.5f * x * (1f + MathF.Tanh(MathF.Sqrt(2f / MathF.PI) * (x + 0.044715f * x * x * x))),
        Activation.Relu => x => MathF.Max(x, 0f),
        Activation.Relu2 => x => MathF.Max(x, 0f) * MathF.Max(x, 0f),
        _ => x => x,
    };

    /// <summary>erf x = 2/√π · e^(-x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)): all terms have one sign, nothing cancels (DLMF 7.6.2).</summary>
    static double ErrorFunction(double x)
    {
        if (Math.Abs(x) > 6) return Math.Sign(x);
        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++) sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
