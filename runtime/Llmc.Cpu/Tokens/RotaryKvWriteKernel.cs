using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>
/// Normalises and rotates queries and keys in place and writes keys and values to the cache. The unit of work is one head of
/// one token, or one token where its heads are normalised together.
/// </summary>
sealed unsafe class RotaryKvWriteKernel<T, TElement>(RotaryKvWriteSpec spec) : CpuKernel
    where T : struct, ILanes<T> where TElement : struct, ICacheElement
{
    readonly Heads _heads = spec.Heads;
    readonly int _headsOfToken = spec.Heads.Query + 2 * spec.Heads.Kv;

    public override void Execute(void* parameters, Team team)
    {
        var p = (RotaryKvWriteParameters*)parameters;
        var unit = spec.QkNorm == QkNorm.Whole ? _headsOfToken : 1;
        var (start, end) = team.Share(p->Tokens * _headsOfToken / unit);
        for (var i = start * unit; i < end * unit; i++)
        {
            var (token, head) = Math.DivRem(i, _headsOfToken);
            if (head == 0 && spec.QkNorm == QkNorm.Whole) NormWhole(p, token);
            if (head < _heads.Query) Query(p, token, head);
            else if (head < _heads.Query + _heads.Kv) Key(p, token, head - _heads.Query);
            else Value(p, token, head - _heads.Query - _heads.Kv);
        }
    }

    void Query(RotaryKvWriteParameters* p, int token, int head)
    {
        var query = Row(p, token) + head * _heads.Dim;
        if (spec.QkNorm == QkNorm.PerHead) RowNorm<T>.Rms(query, query, p->QueryNorm, _heads.Dim, spec.Epsilon, spec.WeightOffset);
        Rotate(p, token, query);
    }

    /// <summary>Keys are stored transposed: dimensions are a block's size of elements apart.</summary>
    void Key(RotaryKvWriteParameters* p, int token, int head)
    {
        var key = Row(p, token) + (_heads.Query + head) * _heads.Dim;
        if (spec.QkNorm == QkNorm.PerHead) RowNorm<T>.Rms(key, key, p->KeyNorm, _heads.Dim, spec.Epsilon, spec.WeightOffset);
        Rotate(p, token, key);
        var (block, slot) = Math.DivRem(p->SlotMapping[token], spec.Kv.BlockSize);
        var destination = p->KvCache + block * p->KvBlockStride + spec.Kv.KeysOffset(_heads, head) + slot * TElement.Bytes;
        for (var d = 0; d < _heads.Dim; d++, destination += spec.Kv.BlockSize * TElement.Bytes) TElement.Narrow(key[d], destination);
    }

    void Value(RotaryKvWriteParameters* p, int token, int head)
    {
        var value = Row(p, token) + (_heads.Query + _heads.Kv + head) * _heads.Dim;
        var (block, slot) = Math.DivRem(p->SlotMapping[token], spec.Kv.BlockSize);
        var destination = p->KvCache + block * p->KvBlockStride + spec.Kv.ValuesOffset(_heads, head) + (long)slot * _heads.Dim * TElement.Bytes;
        for (var d = 0; d < _heads.Dim; d++, destination += TElement.Bytes) TElement.Narrow(value[d], destination);
    }

    void NormWhole(RotaryKvWriteParameters* p, int token)
    {
        var queries = Row(p, token);
        var keys = queries + _heads.Query * _heads.Dim;
        RowNorm<T>.Rms(queries, queries, p->QueryNorm, _heads.Query * _heads.Dim, spec.Epsilon, spec.WeightOffset);
        RowNorm<T>.Rms(keys, keys, p->KeyNorm, _heads.Kv * _heads.Dim, spec.Epsilon, spec.WeightOffset);
    }

    /// <summary>Su et al., RoFormer, 2021: pairs (a, b) become (a·cos - b·sin, b·cos + a·sin).</summary>
    void Rotate(RotaryKvWriteParameters* p, int token, float* head)
    {
        var half = spec.RotaryDim / 2;
        var cosines = p->Cosines + (long)token * half;
        var sines = p->Sines + (long)token * half;
        var i = 0;
        for (; !spec.Interleaved && i <= half - T.Count; i += T.Count)
        {
            var (a, b, cosine, sine) = (T.Load(head + i), T.Load(head + half + i), T.Load(cosines + i), T.Load(sines + i));
            T.Store(a * cosine - b * sine, head + i);
            T.Store(b * cosine + a * sine, head + half + i);
        }
        for (; i < half; i++)
        {
            var (first, second) = spec.Interleaved ? (2 * i, 2 * i + 1) : (i, half + i);
            var (a, b) = (head[first], head[second]);
            head[first] = a * cosines[i] - b * sines[i];
            head[second] = b * cosines[i] + a * sines[i];
        }
    }

    float* Row(RotaryKvWriteParameters* p, int token) => p->Qkv + (long)token * _heads.QkvColumns;
}
