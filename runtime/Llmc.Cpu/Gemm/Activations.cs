using System.Runtime.CompilerServices;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>Pointwise nonlinearities on registers of float32, as accurate as <see cref="VectorMath"/>.</summary>
static class Activations
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply<T>(Activation activation, T x) where T : struct, ILanes<T> => activation switch
    {
        Activation.Silu => Silu(x),
        Activation.Gelu => Gelu(x),
        Activation.GeluTanh => GeluTanh(x),
        Activation.Relu => Relu(x),
        Activation.Relu2 => Relu(x) * Relu(x),
        _ => x,
    };

    /// <summary>x / (1 + e^-x).</summary>
    public static T Silu<T>(T x) where T : struct, ILanes<T> => x / (T.Broadcast(1f) + VectorMath.Exp(T.Broadcast(0f) - x));

    /// <summary>x · (1 + erf(x / √2)) / 2 (Hendrycks and Gimpel 2016).</summary>
    public static T Gelu<T>(T x) where T : struct, ILanes<T> =>
        x * T.Broadcast(0.5f) * (T.Broadcast(1f) + VectorMath.Erf(x * T.Broadcast(0.707106781f)));

    /// <summary>x · (1 + tanh u) / 2 = x / (1 + e^-2u) with u = √(2/π) · (x + 0.044715·x³).</summary>
    public static T GeluTanh<T>(T x) where T : struct, ILanes<T>
    {
        var cubic = T.MultiplyAdd(x * x * T.Broadcast(0.044715f), x, x);
        return x / (T.Broadcast(1f) + VectorMath.Exp(cubic * T.Broadcast(-2f * 0.797884561f)));
    }

    static T Relu<T>(T x) where T : struct, ILanes<T> => T.Max(T.Broadcast(0f), x);
}
