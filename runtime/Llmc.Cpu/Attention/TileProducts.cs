using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

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
        for (int k = from, run = 0; k < to; k += 2 * T.Count)
        {
            var (first, second) = (KeysAt(k, ref run), KeysAt(Math.Min(k + T.Count, to - T.Count), ref run));
            Scores4(queries, first, second, scores + k, scores + Math.Min(k + T.Count, to - T.Count));
        }
    }

    /// <summary>As <see cref="Scores4(float*, float*, int, int)"/> for the one row that <paramref name="queries"/> points to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Scores1(float* queries, float* scores, int from, int to)
    {
        for (int k = from, run = 0; k < to; k += 2 * T.Count)
        {
            var (first, second) = (KeysAt(k, ref run), KeysAt(Math.Min(k + T.Count, to - T.Count), ref run));
            Scores1(queries, first, second, scores + k, scores + Math.Min(k + T.Count, to - T.Count));
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
                    Prefetch(value + run.Ahead);
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
                    Prefetch(value + run.Ahead);
                    var s = T.BroadcastFrom(shares + k);
                    a0 = T.MultiplyAdd(s, TElement.Widen<T>(value), a0);
                    a1 = T.MultiplyAdd(s, TElement.Widen<T>(value + T.Count * TElement.Bytes), a1);
                }
            }
            Store(sums, a0, a1);
        }
    }

    /// <summary>Four rows, two registers of keys, perhaps out of two blocks: eight chains hide the latency of a multiply-add.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Scores4(float* query, KeyLanes first, KeyLanes second, float* firstScores, float* secondScores)
    {
        T a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, e0 = default, e1 = default;
        var (key0, key1, step) = (first.Key, second.Key, keyStride * TElement.Bytes);
        for (var end = query + dim * RowBlock; query < end; query += RowBlock, key0 += step, key1 += step)
        {
            Prefetch((byte*)(key0 + first.Ahead));
            Prefetch((byte*)(key1 + second.Ahead));
            var (k0, k1) = (TElement.Widen<T>((byte*)key0), TElement.Widen<T>((byte*)key1));
            var q = T.BroadcastFrom(query);
            (a0, a1) = (T.MultiplyAdd(q, k0, a0), T.MultiplyAdd(q, k1, a1));
            q = T.BroadcastFrom(query + 1);
            (b0, b1) = (T.MultiplyAdd(q, k0, b0), T.MultiplyAdd(q, k1, b1));
            q = T.BroadcastFrom(query + 2);
            (c0, c1) = (T.MultiplyAdd(q, k0, c0), T.MultiplyAdd(q, k1, c1));
            q = T.BroadcastFrom(query + 3);
            (e0, e1) = (T.MultiplyAdd(q, k0, e0), T.MultiplyAdd(q, k1, e1));
        }
        StoreColumn(firstScores, a0, b0, c0, e0);
        StoreColumn(secondScores, a1, b1, c1, e1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Scores1(float* query, KeyLanes first, KeyLanes second, float* firstScores, float* secondScores)
    {
        T a0 = default, a1 = default;
        var (key0, key1, step) = (first.Key, second.Key, keyStride * TElement.Bytes);
        for (var end = query + dim * RowBlock; query < end; query += RowBlock, key0 += step, key1 += step)
        {
            Prefetch((byte*)(key0 + first.Ahead));
            Prefetch((byte*)(key1 + second.Ahead));
            var q = T.BroadcastFrom(query);
            a0 = T.MultiplyAdd(q, TElement.Widen<T>((byte*)key0), a0);
            a1 = T.MultiplyAdd(q, TElement.Widen<T>((byte*)key1), a1);
        }
        T.Store(a0, firstScores);
        T.Store(a1, secondScores);
    }

    /// <summary>A register of keys: dimension 0 of the key at position <paramref name="k"/> of the tile and its neighbours.</summary>
    /// <param name="run">Where to look first; left at the run that holds them.</param>
    KeyLanes KeysAt(int k, ref int run)
    {
        while (_runs[run].End <= k) run++;
        return new((nint)_runs[run].Key<TElement>(k), (nint)_runs[run].Ahead);
    }

    readonly record struct KeyLanes(nint Key, nint Ahead);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreColumn(float* destination, T a, T b, T c, T e)
    {
        T.Store(a, destination);
        T.Store(b, destination + Stride);
        T.Store(c, destination + 2 * Stride);
        T.Store(e, destination + 3 * Stride);
    }

    /// <summary>
    /// Blocks lie scattered, so a processor that has to find out by itself what comes next reads them at half the speed; asking
    /// a line at a time between multiplications keeps both busy.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch(byte* address)
    {
        if (Sse.IsSupported) Sse.Prefetch2(address);
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
/// <param name="ahead">Bytes from here to what is read next.</param>
readonly unsafe struct TileRun(byte* keys, byte* values, int start, int end, long ahead)
{
    public int Start => start;
    public int End => end;
    public long Ahead => ahead;

    /// <summary>Dimension 0 of the key at position <paramref name="k"/> of the tile.</summary>
    public byte* Key<TElement>(int k) where TElement : struct, IElement => keys + (k - start) * TElement.Bytes;

    /// <summary>The value at position <paramref name="k"/> of the tile.</summary>
    public byte* Value<TElement>(int k, int stride) where TElement : struct, IElement => values + (k - start) * stride * TElement.Bytes;
}
