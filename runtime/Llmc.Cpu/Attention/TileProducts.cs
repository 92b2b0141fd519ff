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
            for (; k <= end - 2 * T.Count; k += 2 * T.Count) Column4<Pair<T>>(queries, run.Key<TElement>(k), scores + k);
            for (; k < end; k += T.Count) Column4<T>(queries, run.Key<TElement>(k), scores + k);
        }
    }

    /// <summary>As <see cref="Scores4"/> for the one row that <paramref name="queries"/> points to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Scores1(float* queries, float* scores, int from, int to)
    {
        foreach (ref readonly var run in _runs)
        {
            var (k, end) = (Math.Max(from, run.Start), Math.Min(to, run.End));
            for (; k <= end - 4 * T.Count; k += 4 * T.Count) Column1<Pair<Pair<T>>>(queries, run.Key<TElement>(k), scores + k);
            for (; k < end; k += T.Count) Column1<T>(queries, run.Key<TElement>(k), scores + k);
        }
    }

    /// <summary>
    /// sums[r, d] = sums[r, d] · factors[r] + Σ over k of shares[r, k] · value(k)[d], k in [<paramref name="from"/>, <paramref name="to"/>).
    /// </summary>
    /// <param name="stride">Distance between rows of sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Mix4(float* shares, float* sums, float* factors, int stride, int from, int to)
    {
        var d = 0;
        for (; d <= dim - 2 * T.Count; d += 2 * T.Count) Mix4<Pair<T>>(shares, sums + d, factors, stride, d, from, to);
        for (; d < dim; d += T.Count) Mix4<T>(shares, sums + d, factors, stride, d, from, to);
    }

    /// <summary>As <see cref="Mix4(float*, float*, float*, int, int, int)"/> for one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Mix1(float* shares, float* sums, float factor, int from, int to)
    {
        var d = 0;
        for (; d <= dim - 4 * T.Count; d += 4 * T.Count) Mix1<Pair<Pair<T>>>(shares, sums + d, factor, d, from, to);
        for (; d < dim; d += T.Count) Mix1<T>(shares, sums + d, factor, d, from, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Column4<TWide>(float* query, byte* key, float* scores) where TWide : struct, ILanes<TWide>
    {
        TWide a = default, b = default, c = default, e = default;
        for (var end = query + dim * RowBlock; query < end; query += RowBlock, key += keyStride * TElement.Bytes)
        {
            var k = TElement.Widen<TWide>(key);
            a = TWide.MultiplyAdd(TWide.Broadcast(query[0]), k, a);
            b = TWide.MultiplyAdd(TWide.Broadcast(query[1]), k, b);
            c = TWide.MultiplyAdd(TWide.Broadcast(query[2]), k, c);
            e = TWide.MultiplyAdd(TWide.Broadcast(query[3]), k, e);
        }
        TWide.Store(a, scores);
        TWide.Store(b, scores + Stride);
        TWide.Store(c, scores + 2 * Stride);
        TWide.Store(e, scores + 3 * Stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Column1<TWide>(float* query, byte* key, float* scores) where TWide : struct, ILanes<TWide>
    {
        TWide a = default;
        for (var end = query + dim * RowBlock; query < end; query += RowBlock, key += keyStride * TElement.Bytes)
            a = TWide.MultiplyAdd(TWide.Broadcast(*query), TElement.Widen<TWide>(key), a);
        TWide.Store(a, scores);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Mix4<TWide>(float* shares, float* sums, float* factors, int stride, int d, int from, int to) where TWide : struct, ILanes<TWide>
    {
        var a = TWide.Load(sums) * TWide.Broadcast(factors[0]);
        var b = TWide.Load(sums + stride) * TWide.Broadcast(factors[1]);
        var c = TWide.Load(sums + 2 * stride) * TWide.Broadcast(factors[2]);
        var e = TWide.Load(sums + 3 * stride) * TWide.Broadcast(factors[3]);
        foreach (ref readonly var run in _runs)
        {
            var (k, end) = (Math.Max(from, run.Start), Math.Min(to, run.End));
            var value = run.Value<TElement>(k, valueStride) + d * TElement.Bytes;
            for (; k < end; k++, value += valueStride * TElement.Bytes)
            {
                var v = TElement.Widen<TWide>(value);
                a = TWide.MultiplyAdd(TWide.Broadcast(shares[k]), v, a);
                b = TWide.MultiplyAdd(TWide.Broadcast(shares[k + Stride]), v, b);
                c = TWide.MultiplyAdd(TWide.Broadcast(shares[k + 2 * Stride]), v, c);
                e = TWide.MultiplyAdd(TWide.Broadcast(shares[k + 3 * Stride]), v, e);
            }
        }
        TWide.Store(a, sums);
        TWide.Store(b, sums + stride);
        TWide.Store(c, sums + 2 * stride);
        TWide.Store(e, sums + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Mix1<TWide>(float* shares, float* sums, float factor, int d, int from, int to) where TWide : struct, ILanes<TWide>
    {
        var a = TWide.Load(sums) * TWide.Broadcast(factor);
        foreach (ref readonly var run in _runs)
        {
            var (k, end) = (Math.Max(from, run.Start), Math.Min(to, run.End));
            var value = run.Value<TElement>(k, valueStride) + d * TElement.Bytes;
            for (; k < end; k++, value += valueStride * TElement.Bytes)
                a = TWide.MultiplyAdd(TWide.Broadcast(shares[k]), TElement.Widen<TWide>(value), a);
        }
        TWide.Store(a, sums);
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
