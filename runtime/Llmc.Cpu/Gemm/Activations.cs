using System.Runtime.CompilerServices;

namespace Llmc.Cpu;

/// <summary>A pointwise nonlinearity on registers of float32, as accurate as <see cref="VectorMath"/>.</summary>
/// <remarks>A type each, so that a loop is compiled for one of them and the compiler's inlining budget is enough for it.</remarks>
interface IActivation
{
    static abstract T Apply<T>(T x) where T : struct, ILanes<T>;
}

readonly struct Identity : IActivation
{
    public static T Apply<T>(T x) where T : struct, ILanes<T> => x;
}

/// <summary>x / (1 + e^-x).</summary>
readonly struct Silu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply<T>(T x) where T : struct, ILanes<T> => x / (T.Broadcast(1f) + VectorMath.Exp(T.Broadcast(0f) - x));
}

/// <summary>x · (1 + erf(x / √2)) / 2 (Hendrycks and Gimpel 2016).</summary>
readonly struct Gelu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply<T>(T x) where T : struct, ILanes<T> =>
        x * T.Broadcast(0.5f) * (T.Broadcast(1f) + VectorMath.Erf(x * T.Broadcast(0.707106781f)));
}

/// <summary>x · (1 + tanh u) / 2 = x / (1 + e^-2u) with u = √(2/π) · (x + 0.044715·x³).</summary>
readonly struct GeluTanh : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply<T>(T x) where T : struct, ILanes<T>
    {
        var cubic = T.MultiplyAdd(x * x * T.Broadcast(0.044715f), x, x);
        return x / (T.Broadcast(1f) + VectorMath.Exp(cubic * T.Broadcast(-2f * 0.797884561f)));
    }
}

readonly struct Relu : IActivation
{
    public static T Apply<T>(T x) where T : struct, ILanes<T> => T.Max(T.Broadcast(0f), x);
}

/// <summary>max(0, x)².</summary>
readonly struct Relu2 : IActivation
{
    public static T Apply<T>(T x) where T : struct, ILanes<T> => Relu.Apply(x) * Relu.Apply(x);
}
