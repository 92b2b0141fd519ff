using Llmc.Artifact;

namespace Llmc.Cpu.Tests;

/// <summary>The nonlinearities from their definitions, in double precision.</summary>
static class ActivationTwin
{
    public static double Apply(Activation activation, double x) => activation switch
    {
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.Gelu => x * (1 + Erf(x / Math.Sqrt(2))) / 2,
        Activation.GeluTanh => x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2,
        Activation.Relu => Math.Max(0, x),
        Activation.Relu2 => Math.Max(0, x) * Math.Max(0, x),
        _ => x,
    };

    /// <summary>2/√π · Σ (-1)^n x^(2n+1) / (n! (2n+1)); the terms grow to e^(x²) before they fall, so only for |x| below 5.</summary>
    static double Erf(double x)
    {
        if (Math.Abs(x) > 5) return Math.Sign(x);
        double term = x, sum = x;
        for (var n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return sum * 2 / Math.Sqrt(Math.PI);
    }
}
