using System.Runtime.CompilerServices;

namespace Llmc.Cpu;

/// <summary>Scores of one row against a tile of keys → numerators of its softmax.</summary>
readonly unsafe struct TileSoftmax<T>(float softCap) where T : struct, ILanes<T>
{
    /// <summary>
    /// Caps and masks scores[from, to), of which the row sees only [visible.First, visible.End), and turns them into e^(s - m) for the
    /// greatest score m so far.
    /// </summary>
    /// <returns>What sums over earlier keys must be multiplied with: e^(m before - m).</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float Run(float* scores, int from, int to, (int First, int End) visible, ref float greatest, ref float denominator)
    {
        var (first, end) = visible;
        if (first >= end)
        {
            new Span<float>(scores + from, to - from).Clear();
            return 1f;
        }
        if (softCap > 0) Cap(scores, from, to);
        var before = greatest;
        greatest = MathF.Max(before, MaskAndFindGreatest(scores, from, to, first, end));
        var (sum, m) = (T.Broadcast(0f), T.Broadcast(greatest));
        for (var k = from; k < to; k += T.Count)
        {
            var numerator = VectorMath.Exp(T.Load(scores + k) - m);
            T.Store(numerator, scores + k);
            sum += numerator;
        }
        var factor = greatest == before ? 1f : MathF.Exp(before - greatest);
        denominator = denominator * factor + T.Sum(sum);
        return factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float MaskAndFindGreatest(float* scores, int from, int to, int first, int end)
    {
        var greatest = T.Broadcast(float.NegativeInfinity);
        for (var k = from; k < to; k += T.Count)
        {
            var score = T.Load(scores + k);
            if (k < first || k + T.Count > end) score = Masked(score, first - k, end - k);
            T.Store(score, scores + k);
            greatest = T.Max(greatest, score);
        }
        return T.Largest(greatest);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    void Cap(float* scores, int from, int to)
    {
        for (var k = from; k < to; k += T.Count)
            T.Store(T.Broadcast(softCap) * VectorMath.Tanh(T.Load(scores + k) * T.Broadcast(1f / softCap)), scores + k);
    }

    /// <summary>-∞ in lanes outside [<paramref name="first"/>, <paramref name="end"/>).</summary>
    static T Masked(T score, int first, int end)
    {
        fixed (float* lanes = Lanes)
        {
            var (lane, hidden) = (T.Load(lanes), T.Broadcast(float.NegativeInfinity));
            score = T.Select(T.LessThan(lane, T.Broadcast(first)), hidden, score);
            return T.Select(T.LessThan(lane, T.Broadcast(end)), score, hidden);
        }
    }

    static ReadOnlySpan<float> Lanes => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
}
