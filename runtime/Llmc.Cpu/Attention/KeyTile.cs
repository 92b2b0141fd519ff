using System.Runtime.CompilerServices;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>Finds the keys and values of a tile in their KV blocks and, where many rows read them, widens them into scratch.</summary>
readonly unsafe struct KeyTile<T, TElement>(AttentionSpec spec, AttentionScratch scratch)
    where T : struct, ILanes<T> where TElement : struct, ICacheElement
{
    const int Keys = AttentionItem.TileKeys;

    /// <summary>Runs can be read where they lie: their lanes fill blocks and heads.</summary>
    public static bool FitsLanes(AttentionSpec spec) => spec.Kv.BlockSize % T.Count == 0 && spec.Heads.Dim % (2 * T.Count) == 0;

    /// <summary>The runs of positions [<paramref name="from"/>, <paramref name="to"/>) of the tile that starts at <paramref name="start"/>.</summary>
    public ReadOnlySpan<TileRun> Find(AttentionParameters* p, in AttentionItem item, int kvHead, int start, int from, int to)
    {
        var (size, count) = (spec.Kv.BlockSize, 0);
        // Whole blocks where they fit, so that runs of lanes start where blocks do; blocks before the window may be gone.
        for (var position = Math.Max(start, from / size * size); position < to; count++)
        {
            var (block, slot) = Math.DivRem(position, size);
            var end = Math.Min(position - slot + size, to);
            var layer = Block(p, item.Sequence, block);
            scratch.Runs[count] = new(
                layer + spec.Kv.KeysOffset(spec.Heads, kvHead) + slot * TElement.Bytes,
                layer + spec.Kv.ValuesOffset(spec.Heads, kvHead) + (long)slot * spec.Heads.Dim * TElement.Bytes,
                position - start, end - start, Ahead(p, item, kvHead, position));
            position = end;
        }
        return scratch.Runs.AsSpan(0, count);
    }

    /// <summary>From a head's keys (values) in a block to those that are read next: the next head's, or the first head's of the next tile.</summary>
    long Ahead(AttentionParameters* p, in AttentionItem item, int kvHead, int position)
    {
        if (kvHead < item.KvHead + item.KvHeads - 1) return spec.Kv.KeysOffset(spec.Heads, 1);
        if (position + Keys >= item.KeyEnd) return 0;
        var next = Block(p, item.Sequence, (position + Keys) / spec.Kv.BlockSize) - Block(p, item.Sequence, position / spec.Kv.BlockSize);
        return next - spec.Kv.KeysOffset(spec.Heads, item.KvHeads - 1);
    }

    /// <summary>Widens runs into keys f32[D, 64] and values f32[64, stride]: one run of float32.</summary>
    public ReadOnlySpan<TileRun> Widen(ReadOnlySpan<TileRun> runs)
    {
        foreach (ref readonly var run in runs)
        {
            WidenKeys(run.Key<TElement>(run.Start), scratch.Keys + run.Start, run.End - run.Start, spec.Kv.BlockSize, spec.Heads.Dim);
            WidenValues(run.Value<TElement>(run.Start, 0), scratch.Values + run.Start * scratch.Stride, run.End - run.Start, spec.Heads.Dim, scratch.Stride);
        }
        scratch.Runs[0] = new((byte*)scratch.Keys, (byte*)scratch.Values, 0, runs[^1].End, 0);
        return scratch.Runs.AsSpan(0, 1);
    }

    /// <summary>Lanes may run past <paramref name="count"/>, up to the end of the block: those scores are masked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void WidenKeys(byte* source, float* destination, int count, int blockSize, int dim)
    {
        for (var d = 0; d < dim; d++, source += blockSize * TElement.Bytes, destination += Keys)
            if (blockSize % T.Count == 0)
                for (var i = 0; i < count; i += T.Count) T.Store(TElement.Widen<T>(source + i * TElement.Bytes), destination + i);
            else
                for (var i = 0; i < count; i++) destination[i] = TElement.Widen(source + i * TElement.Bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void WidenValues(byte* source, float* destination, int count, int dim, int stride)
    {
        for (var i = 0; i < count; i++, source += dim * TElement.Bytes, destination += stride)
        {
            var d = 0;
            for (; d <= dim - T.Count; d += T.Count) T.Store(TElement.Widen<T>(source + d * TElement.Bytes), destination + d);
            for (; d < dim; d++) destination[d] = TElement.Widen(source + d * TElement.Bytes);
        }
    }

    static byte* Block(AttentionParameters* p, int sequence, int block) =>
        p->KvCache + p->BlockTables[(long)sequence * p->BlocksPerSequence + block] * p->KvBlockStride;
}
