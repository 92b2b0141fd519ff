namespace Llmc.Engine.Sampling;

/// <summary>
/// Thresholds instead of sorts. Distances from the greatest logit are not negative, so their bits order as they do, and the
/// smallest sufficient distance is found by bisecting over bits: at most 31 passes, none that depends on order. Tokens that
/// tie with the last one kept are kept too, as in the libraries this follows.
/// </summary>
static class Cutoff
{
    /// <summary>Greatest distance among the <paramref name="k"/> smallest.</summary>
    public static float TopK(ReadOnlySpan<float> distances, int k)
    {
        var (low, high) = (0, Bits(float.MaxValue));
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            var count = Rows.CountUpTo(distances, Value(middle));
            if (count == k) return Value(middle);
            if (count > k) high = middle;
            else low = middle + 1;
        }
        return Value(low);
    }

    /// <summary>Smallest distance such that the weights up to it make the share <paramref name="p"/> of all.</summary>
    public static float TopP(ReadOnlySpan<float> distances, ReadOnlySpan<float> weights, float p)
    {
        var wanted = p * Rows.SumUpTo(distances, weights, float.MaxValue);
        var (low, high) = (0, Bits(float.MaxValue));
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (Rows.SumUpTo(distances, weights, Value(middle)) >= wanted) high = middle;
            else low = middle + 1;
        }
        return Value(low);
    }

    static int Bits(float value) => BitConverter.SingleToInt32Bits(value);
    static float Value(int bits) => BitConverter.Int32BitsToSingle(bits);
}
