namespace Llmc.Cpu;

/// <summary>
/// Softmax-weighted sums of values over some keys, not yet divided, one for each row: the greatest score m, Σ e^(s - m) and
/// Σ e^(s - m)·v (Milakov and Gimelshein 2018).
/// </summary>
/// <param name="memory">f32[<see cref="Floats"/>].</param>
/// <param name="capacity">Rows there is room for.</param>
/// <param name="stride">Floats between rows of sums.</param>
readonly unsafe struct SoftmaxRows(float* memory, int capacity, int stride)
{
    /// <summary>f32[rows]; -∞ where a row has seen no key.</summary>
    public float* Greatest => memory;

    /// <summary>f32[rows].</summary>
    public float* Denominators => memory + capacity;

    /// <summary>f32[rows, stride].</summary>
    public float* Sums => memory + 2 * capacity;

    /// <summary>Size of the memory, a multiple of a cache line.</summary>
    public static int Floats(int rows, int stride) => (2 * rows + rows * stride + 15) / 16 * 16;

    /// <summary>Forgets what <paramref name="rows"/> rows have seen.</summary>
    public void Clear(int rows)
    {
        new Span<float>(Greatest, rows).Fill(float.NegativeInfinity);
        new Span<float>(Denominators, rows).Clear();
        new Span<float>(Sums, rows * stride).Clear();
    }

    /// <summary>What a row's sums are to be multiplied with, a further logit without a value being in the softmax.</summary>
    /// <param name="sink">-∞ where there is none.</param>
    public float Normalizer(int row, float sink)
    {
        var greatest = MathF.Max(Greatest[row], sink);
        var numerator = MathF.Exp(Greatest[row] - greatest);
        return numerator / (Denominators[row] * numerator + MathF.Exp(sink - greatest));
    }

    /// <summary>Adds what <paramref name="later"/> has seen of later keys.</summary>
    public void Add<T>(in SoftmaxRows later, int rows) where T : struct, ILanes<T>
    {
        for (var r = 0; r < rows; r++)
        {
            if (later.Greatest[r] == float.NegativeInfinity) continue;
            var greatest = MathF.Max(Greatest[r], later.Greatest[r]);
            var (own, other) = (MathF.Exp(Greatest[r] - greatest), MathF.Exp(later.Greatest[r] - greatest));
            Greatest[r] = greatest;
            Denominators[r] = Denominators[r] * own + later.Denominators[r] * other;
            var ours = Sums + (long)r * stride;
            var theirs = later.Sums + (long)r * stride;
            for (var d = 0; d < stride; d += T.Count)
                T.Store(T.MultiplyAdd(T.Load(theirs + d), T.Broadcast(other), T.Load(ours + d) * T.Broadcast(own)), ours + d);
        }
    }
}
