using System.Runtime.CompilerServices;

namespace Llmc.Cpu;

/// <summary>
/// The two products of attention over one tile of keys, for four rows or for one. Every sum is one chain in ascending order
/// (of dimensions, of keys), so that a row's bits are the same in both forms and from every place the keys are read from.
/// </summary>
/// <param name="runs">The tile's keys and values, stored as <typeparamref name="TElement"/>.</param>
/// <param name="dim">D.</param>
/// <param name="keyStride">Elements between dimensions of a key.</param>
/// <param name="valueStride">Elements between values.</param>
readonly unsafe ref struct TileProducts<T, TElement>(ReadOnlySpan<TileRun> runs, int dim, int keyStride, int valueStride)
    where T : struct, ILanes<T> where TElement : struct, ICacheElement
{
    /// <summary>Rows that are multiplied together; queries stand as f32[D, RowBlock].</summary>
    public const int RowBlock = 4;

    const int Stride = AttentionItem.TileKeys;

    readonly ReadOnlySpan<TileRun> _runs = runs;

    /// <summary>scores[r, k] = Σ over d of queries[d, r] · key(k)[d], k in [<paramref name="from"/>, <paramref name="to"/>): multiples of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Scores4(float* queries, float* scores, int from, int to)
    {
        foreach (ref readonly var run in _runs)
        {
            var (k, end) = (Math.Max(from, run.Start), Math.Min(to, run.End));
            for (; k <= end - 2 * T.Count; k += 2 * T.Count) Scores4x2(queries, run.Key<TElement>(k), scores + k);
            for (; k < end; k += T.Count) Scores4x1(queries, run.Key<TElement>(k), scores + k);
        }
    }

    /// <summary>As <see cref="Scores4"/> for the one row that <paramref name="queries"/> points to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Scores1(float* queries, float* scores, int from, int to)
    {
        foreach (ref readonly var run in _runs)
        {
            var (k, end) = (Math.Max(from, run.Start), Math.Min(to, run.End));
            for (; k < end; k += T.Count) Scores1x1(queries, run.Key<TElement>(k), scores + k);
        }
    }

    /// <summary>
    /// sums[r, d] = sums[r, d] · factors[r] + Σ over k of shares[r, k] · value(k)[d], k in [<paramref name="from"/>, <paramref name="to"/>).
    /// </summary>
    /// <param name="stride">Distance between rows of sums, which like values end with whole pairs of registers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Mix4(float* shares, float* sums, float* factors, int stride, int from, int to)
    {
        for (var d = 0; d < dim; d += 2 * T.Count, sums += 2 * T.Count)
        {
            var (a0, a1) = Scaled(sums, factors);
            var (b0, b1) = Scaled(sums + stride, factors + 1);
            var (c0, c1) = Scaled(sums + 2 * stride, factors + 2);
            var (e0, e1) = Scaled(sums + 3 * stride, factors + 3);
            foreach (ref readonly var run in _runs)
            {
                var (k, end) = (Math.Max(from, run.Start), Math.Min(to, run.End));
                var value = run.Value<TElement>(k, valueStride) + d * TElement.Bytes;
                for (var share = shares + k; k < end; k++, share++, value += valueStride * TElement.Bytes)
                {
                    var (v0, v1) = (TElement.Widen<T>(value), TElement.Widen<T>(value + T.Count * TElement.Bytes));
                    var s = T.BroadcastFrom(share);
                    (a0, a1) = (T.MultiplyAdd(s, v0, a0), T.MultiplyAdd(s, v1, a1));
                    s = T.BroadcastFrom(share + Stride);
                    (b0, b1) = (T.MultiplyAdd(s, v0, b0), T.MultiplyAdd(s, v1, b1));
                    s = T.BroadcastFrom(share + 2 * Stride);
                    (c0, c1) = (T.MultiplyAdd(s, v0, c0), T.MultiplyAdd(s, v1, c1));
                    s = T.BroadcastFrom(share + 3 * Stride);
                    (e0, e1) = (T.MultiplyAdd(s, v0, e0), T.MultiplyAdd(s, v1, e1));
                }
            }
            Store(sums, a0, a1);
            Store(sums + stride, b0, b1);
            Store(sums + 2 * stride, c0, c1);
            Store(sums + 3 * stride, e0, e1);
        }
    }

    /// <summary>As <see cref="Mix4"/> for one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Mix1(float* shares, float* sums, float factor, int from, int to)
    {
        for (var d = 0; d < dim; d += 2 * T.Count, sums += 2 * T.Count)
        {
            var (a0, a1) = Scaled(sums, &factor);
            foreach (ref readonly var run in _runs)
            {
                var (k, end) = (Math.Max(from, run.Start), Math.Min(to, run.End));
                var value = run.Value<TElement>(k, valueStride) + d * TElement.Bytes;
                for (; k < end; k++, value += valueStride * TElement.Bytes)
                {
                    var s = T.BroadcastFrom(shares + k);
                    a0 = T.MultiplyAdd(s, TElement.Widen<T>(value), a0);
                    a1 = T.MultiplyAdd(s, TElement.Widen<T>(value + T.Count * TElement.Bytes), a1);
                }
            }
            Store(sums, a0, a1);
        }
    }

    /// <summary>Four rows, two registers of keys: eight chains hide the latency of a multiply-add.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Scores4x2(float* query, byte* key, float* scores)
    {
        T a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, e0 = default, e1 = default;
        for (var end = query + dim * RowBlock; query < end; query += RowBlock, key += keyStride * TElement.Bytes)
        {
            var (k0, k1) = (TElement.Widen<T>(key), TElement.Widen<T>(key + T.Count * TElement.Bytes));
            var q = T.BroadcastFrom(query);
            (a0, a1) = (T.MultiplyAdd(q, k0, a0), T.MultiplyAdd(q, k1, a1));
            q = T.BroadcastFrom(query + 1);
            (b0, b1) = (T.MultiplyAdd(q, k0, b0), T.MultiplyAdd(q, k1, b1));
            q = T.BroadcastFrom(query + 2);
            (c0, c1) = (T.MultiplyAdd(q, k0, c0), T.MultiplyAdd(q, k1, c1));
            q = T.BroadcastFrom(query + 3);
            (e0, e1) = (T.MultiplyAdd(q, k0, e0), T.MultiplyAdd(q, k1, e1));
        }
        Store(scores, a0, a1);
        Store(scores + Stride, b0, b1);
        Store(scores + 2 * Stride, c0, c1);
        Store(scores + 3 * Stride, e0, e1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Scores4x1(float* query, byte* key, float* scores)
    {
        T a = default, b = default, c = default, e = default;
        for (var end = query + dim * RowBlock; query < end; query += RowBlock, key += keyStride * TElement.Bytes)
        {
            var k = TElement.Widen<T>(key);
            a = T.MultiplyAdd(T.BroadcastFrom(query), k, a);
            b = T.MultiplyAdd(T.BroadcastFrom(query + 1), k, b);
            c = T.MultiplyAdd(T.BroadcastFrom(query + 2), k, c);
            e = T.MultiplyAdd(T.BroadcastFrom(query + 3), k, e);
        }
        T.Store(a, scores);
        T.Store(b, scores + Stride);
        T.Store(c, scores + 2 * Stride);
        T.Store(e, scores + 3 * Stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Scores1x1(float* query, byte* key, float* scores)
    {
        T a = default;
        for (var end = query + dim * RowBlock; query < end; query += RowBlock, key += keyStride * TElement.Bytes)
            a = T.MultiplyAdd(T.BroadcastFrom(query), TElement.Widen<T>(key), a);
        T.Store(a, scores);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (T, T) Scaled(float* sums, float* factor) => (T.Load(sums) * T.BroadcastFrom(factor), T.Load(sums + T.Count) * T.BroadcastFrom(factor));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* destination, T first, T second)
    {
        T.Store(first, destination);
        T.Store(second, destination + T.Count);
    }
}

/// <summary>Neighbouring positions of a tile that lie in one KV block, or in scratch.</summary>
/// <param name="keys">Dimension 0 of the key at <paramref name="start"/>.</param>
/// <param name="values">Value at <paramref name="start"/>.</param>
/// <param name="start">First position, counted in the tile.</param>
/// <param name="end">Behind the last.</param>
readonly unsafe struct TileRun(byte* keys, byte* values, int start, int end)
{
    public int Start => start;
    public int End => end;

    /// <summary>Dimension 0 of the key at position <paramref name="k"/> of the tile.</summary>
    public byte* Key<TElement>(int k) where TElement : struct, IElement => keys + (k - start) * TElement.Bytes;

    /// <summary>The value at position <paramref name="k"/> of the tile.</summary>
    public byte* Value<TElement>(int k, int stride) where TElement : struct, IElement => values + (k - start) * stride * TElement.Bytes;
}
