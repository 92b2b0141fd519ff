using System.Runtime.CompilerServices;

namespace Llmc.Cpu;

/// <summary>Normalisation of one row x f32[n] → y f32[n], which may be x itself. Sums run in lanes, so their order depends on n alone.</summary>
static unsafe class RowNorm<T> where T : struct, ILanes<T>
{
    /// <summary>y = x / √(mean x² + ε) · (offset + w).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rms(float* x, float* y, float* weight, int n, float epsilon, float weightOffset)
    {
        var factor = 1f / MathF.Sqrt(SumOfSquares(x, n, 0f) / n + epsilon);
        Scale(x, y, weight, n, 0f, factor, weightOffset);
    }

    /// <summary>y = (x - mean) / √(variance + ε) · (offset + w) + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Layer(float* x, float* y, float* weight, float* bias, int n, float epsilon, float weightOffset)
    {
        var mean = Sum(x, n) / n;
        var factor = 1f / MathF.Sqrt(SumOfSquares(x, n, mean) / n + epsilon);
        Scale(x, y, weight, n, mean, factor, weightOffset);
        if (bias == null) return;
        for (var i = 0; i < n; i++) y[i] += bias[i];
    }

    /// <summary>Σ x.</summary>
    static float Sum(float* x, int n)
    {
        var sum = T.Broadcast(0f);
        var i = 0;
        for (; i <= n - T.Count; i += T.Count) sum += T.Load(x + i);
        var total = T.Sum(sum);
        for (; i < n; i++) total += x[i];
        return total;
    }

    /// <summary>Σ (x - center)².</summary>
    public static float SumOfSquares(float* x, int n, float center)
    {
        var (sum, middle) = (T.Broadcast(0f), T.Broadcast(center));
        var i = 0;
        for (; i <= n - T.Count; i += T.Count)
        {
            var distance = T.Load(x + i) - middle;
            sum = T.MultiplyAdd(distance, distance, sum);
        }
        var total = T.Sum(sum);
        for (; i < n; i++) total += (x[i] - center) * (x[i] - center);
        return total;
    }

    /// <summary>y = (x - center) · factor · (offset + w).</summary>
    public static void Scale(float* x, float* y, float* weight, int n, float center, float factor, float weightOffset)
    {
        var (middle, factors, offset) = (T.Broadcast(center), T.Broadcast(factor), T.Broadcast(weightOffset));
        var i = 0;
        for (; i <= n - T.Count; i += T.Count)
            T.Store((T.Load(x + i) - middle) * factors * (offset + T.Load(weight + i)), y + i);
        for (; i < n; i++) y[i] = (x[i] - center) * factor * (weightOffset + weight[i]);
    }
}
