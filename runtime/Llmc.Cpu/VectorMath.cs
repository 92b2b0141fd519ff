using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Llmc.Cpu;

/// <summary>
/// exp, tanh and erf of float32 vectors, within 2 ulp of the true value (erf: 1.2e-7 absolute). The polynomials interpolate
/// the function named beside them at Chebyshev nodes of the stated interval. NaN stays NaN.
/// </summary>
static class VectorMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x) => Exp(new Lanes512(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x) => Exp(new Lanes256(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Exp(Vector128<float> x) => Exp(new Lanes128(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x) => Tanh(new Lanes512(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x) => Tanh(new Lanes256(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Tanh(Vector128<float> x) => Tanh(new Lanes128(x)).Value;

    /// <summary>e^x over the whole range, subnormal results included; +∞ above 88.73, 0 below -104.</summary>
    /// <remarks>x = n·ln 2 + r with |r| ≤ ln 2 / 2; ln 2 in two parts so that r is exact; 2^n in two factors so that it fits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x) where T : struct, ILanes<T>
    {
        var clamped = T.Min(T.Broadcast(89f), T.Max(T.Broadcast(-104f), x));
        var n = T.RoundToInteger(clamped * T.Broadcast(1.44269504f));
        var count = T.ToFloat(n);
        var r = T.MultiplyAdd(count, T.Broadcast(-0.693145752f), clamped);
        r = T.MultiplyAdd(count, T.Broadcast(-1.42860682e-6f), r);
        // (e^r - 1 - r) / r² on [-ln 2 / 2, ln 2 / 2], 1.1e-8 relative to e^r
        var p = T.MultiplyAdd(T.Broadcast(0.00139262135f), r, T.Broadcast(0.00836320297f));
        p = T.MultiplyAdd(p, r, T.Broadcast(0.0416665544f));
        p = T.MultiplyAdd(p, r, T.Broadcast(0.166665768f));
        p = T.MultiplyAdd(p, r, T.Broadcast(0.5f));
        p = T.MultiplyAdd(p * r, r, r) + T.Broadcast(1f);
        var half = T.ShiftRight(n, 1);
        var rest = T.ShiftRight(T.AddIntegers(n, T.BroadcastBits(1)), 1);
        return p * PowerOfTwo(half) * PowerOfTwo(rest);
    }

    /// <summary>tanh: x + x³·p(x²) below 0.6, 1 - 2 / (e^2x + 1) above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x) where T : struct, ILanes<T>
    {
        var magnitude = T.Abs(x);
        var z = x * x;
        // (tanh(√z) / √z - 1) / z on [0, 0.36], 1.1e-8 relative to tanh
        var p = T.MultiplyAdd(T.Broadcast(-0.00626850619f), z, T.Broadcast(0.0211104602f));
        p = T.MultiplyAdd(p, z, T.Broadcast(-0.0538738134f));
        p = T.MultiplyAdd(p, z, T.Broadcast(0.13332914f));
        p = T.MultiplyAdd(p, z, T.Broadcast(-0.333333303f));
        var small = T.MultiplyAdd(p * z, x, x);
        var one = T.Broadcast(1f);
        var large = one - T.Broadcast(2f) / (Exp(magnitude + magnitude) + one);
        return T.Select(T.LessThan(magnitude, T.Broadcast(0.6f)), small, CopySign(large, x));
    }

    /// <summary>erf: x·p(x²) below 1, 1 - e^q(x) above, ±1 from 4 on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Erf<T>(T x) where T : struct, ILanes<T>
    {
        var magnitude = T.Min(T.Broadcast(4f), T.Abs(x));
        var z = magnitude * magnitude;
        // erf(√z) / √z on [0, 1], 1.4e-9 relative
        var p = T.MultiplyAdd(T.Broadcast(7.87587505e-5f), z, T.Broadcast(-0.000801686428f));
        p = T.MultiplyAdd(p, z, T.Broadcast(0.00518908742f));
        p = T.MultiplyAdd(p, z, T.Broadcast(-0.026854212f));
        p = T.MultiplyAdd(p, z, T.Broadcast(0.112835947f));
        p = T.MultiplyAdd(p, z, T.Broadcast(-0.376126267f));
        p = T.MultiplyAdd(p, z, T.Broadcast(1.12837917f));
        // ln erfc on [1, 4], 5.2e-8 of erf
        var q = T.MultiplyAdd(T.Broadcast(-1.32723618e-5f), magnitude, T.Broadcast(0.000316937022f));
        q = T.MultiplyAdd(q, magnitude, T.Broadcast(-0.00343235138f));
        q = T.MultiplyAdd(q, magnitude, T.Broadcast(0.0226047722f));
        q = T.MultiplyAdd(q, magnitude, T.Broadcast(-0.103281118f));
        q = T.MultiplyAdd(q, magnitude, T.Broadcast(-0.639141258f));
        q = T.MultiplyAdd(q, magnitude, T.Broadcast(-1.12589365f));
        q = T.MultiplyAdd(q, magnitude, T.Broadcast(-0.00076589778f));
        var one = T.Broadcast(1f);
        return CopySign(T.Select(T.LessThan(magnitude, one), p * magnitude, one - Exp(q)), x);
    }

    /// <summary>2^n as float32, n in [-126, 127].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T PowerOfTwo<T>(T n) where T : struct, ILanes<T> => T.ShiftLeft(T.AddIntegers(n, T.BroadcastBits(127)), 23);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T CopySign<T>(T magnitude, T sign) where T : struct, ILanes<T> =>
        T.Or(magnitude, T.And(sign, T.BroadcastBits(int.MinValue)));
}
