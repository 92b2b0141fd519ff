using System.Numerics;
using System.Runtime.InteropServices;

namespace Llmc.Engine.Sampling;

/// <summary>Vector arithmetic over one row of floats. Sums of equal rows have equal bits: the order of additions is fixed.</summary>
static class Rows
{
    static int Width => Vector<float>.Count;

    /// <summary>Greatest element; NaN when there is one.</summary>
    public static float Max(ReadOnlySpan<float> row)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        var most = new Vector<float>(float.NegativeInfinity);
        foreach (var vector in vectors) most = Vector.Max(most, vector);
        var max = float.NegativeInfinity;
        for (var i = 0; i < Width; i++) max = MathF.Max(max, most[i]);
        foreach (var value in row[(vectors.Length * Width)..]) max = MathF.Max(max, value);
        return max;
    }

    /// <summary>distances[i] = (max − row[i]) · scale.</summary>
    public static void Distances(ReadOnlySpan<float> row, float max, float scale, Span<float> distances)
    {
        var from = MemoryMarshal.Cast<float, Vector<float>>(row);
        var to = MemoryMarshal.Cast<float, Vector<float>>(distances);
        for (var i = 0; i < from.Length; i++) to[i] = (new Vector<float>(max) - from[i]) * scale;
        for (var i = from.Length * Width; i < row.Length; i++) distances[i] = (max - row[i]) * scale;
    }

    /// <summary>weights[i] = exp(−distances[i]).</summary>
    public static void Weights(ReadOnlySpan<float> distances, Span<float> weights)
    {
        var from = MemoryMarshal.Cast<float, Vector<float>>(distances);
        var to = MemoryMarshal.Cast<float, Vector<float>>(weights);
        for (var i = 0; i < from.Length; i++) to[i] = Vector.Exp(-from[i]);
        for (var i = from.Length * Width; i < distances.Length; i++) weights[i] = MathF.Exp(-distances[i]);
    }

    /// <summary>Σ exp(row[i] − max).</summary>
    public static float SumOfExponentials(ReadOnlySpan<float> row, float max)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        var sums = Vector<float>.Zero;
        foreach (var vector in vectors) sums += Vector.Exp(vector - new Vector<float>(max));
        var sum = Vector.Sum(sums);
        foreach (var value in row[(vectors.Length * Width)..]) sum += MathF.Exp(value - max);
        return sum;
    }

    public static float Sum(ReadOnlySpan<float> row)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        var sums = Vector<float>.Zero;
        foreach (var vector in vectors) sums += vector;
        var sum = Vector.Sum(sums);
        foreach (var value in row[(vectors.Length * Width)..]) sum += value;
        return sum;
    }

    /// <summary>How many elements are at most <paramref name="bound"/>.</summary>
    public static int CountUpTo(ReadOnlySpan<float> row, float bound)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        var counts = Vector<int>.Zero;
        foreach (var vector in vectors) counts -= Vector.LessThanOrEqual(vector, new Vector<float>(bound));
        var count = Vector.Sum(counts);
        foreach (var value in row[(vectors.Length * Width)..])
            if (value <= bound) count++;
        return count;
    }

    /// <summary>Sum of the weights whose distance is at most <paramref name="bound"/>; never falls when the bound rises.</summary>
    public static float SumUpTo(ReadOnlySpan<float> distances, ReadOnlySpan<float> weights, float bound)
    {
        var keys = MemoryMarshal.Cast<float, Vector<float>>(distances);
        var values = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < keys.Length; i++)
            sums += Vector.ConditionalSelect(Vector.LessThanOrEqual(keys[i], new Vector<float>(bound)), values[i], Vector<float>.Zero);
        var sum = Vector.Sum(sums);
        for (var i = keys.Length * Width; i < distances.Length; i++)
            if (distances[i] <= bound) sum += weights[i];
        return sum;
    }
}
