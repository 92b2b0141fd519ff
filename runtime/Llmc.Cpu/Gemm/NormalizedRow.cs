using System.Runtime.CompilerServices;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>One input row, normalised as it is read, a register at a time. Statistics are float32, a partial sum for each lane.</summary>
readonly unsafe ref struct NormalizedRow<T> where T : struct, ILanes<T>
{
    readonly GemmSpec _spec;
    readonly float* _x;
    readonly float* _weight;
    readonly float* _bias;
    readonly float _mean;
    readonly float _inverse;

    public NormalizedRow(GemmSpec spec, float* x, float* weight, float* bias)
    {
        _spec = spec;
        _x = x;
        _weight = weight;
        _bias = bias;
        if (spec.Norm == NormKind.None) return;
        _mean = spec.Norm == NormKind.Layer ? Sum(0f, power: 1) / spec.Columns : 0f;
        _inverse = 1f / MathF.Sqrt(Sum(_mean, power: 2) / spec.Columns + spec.Epsilon);
    }

    /// <summary>y from k on, a register of it; zeros beyond K.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T At(int k) => k + T.Count <= _spec.Columns
        ? Normalize(T.Load(_x + k), Vector(_weight, k), Vector(_bias, k))
        : Tail(k, _spec.Columns - k);

    /// <summary>max|y|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float Magnitude()
    {
        T largest = default;
        for (var k = 0; k < _spec.Columns; k += T.Count) largest = T.Max(largest, T.Abs(At(k)));
        return T.Largest(largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    T Normalize(T x, T weight, T bias)
    {
        if (_spec.Norm == NormKind.None) return x;
        var scaled = (x - T.Broadcast(_mean)) * T.Broadcast(_inverse) * (weight + T.Broadcast(_spec.WeightOffset));
        return _spec.NormBias ? scaled + bias : scaled;
    }

    T Tail(int k, int count)
    {
        var weight = _weight == null ? default : Lines.LoadFirst<T>(_weight + k, count);
        var bias = _bias == null ? default : Lines.LoadFirst<T>(_bias + k, count);
        return Lines.KeepFirst(Normalize(Lines.LoadFirst<T>(_x + k, count), weight, bias), count);
    }

    /// <summary>Σ (x - mean)^power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    float Sum(float mean, int power)
    {
        T total = default;
        for (var k = 0; k < _spec.Columns; k += T.Count)
        {
            var count = Math.Min(T.Count, _spec.Columns - k);
            var x = (count == T.Count ? T.Load(_x + k) : Lines.LoadFirst<T>(_x + k, count)) - T.Broadcast(mean);
            if (count < T.Count) x = Lines.KeepFirst(x, count);
            total = power == 1 ? total + x : T.MultiplyAdd(x, x, total);
        }
        return T.Sum(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Vector(float* vector, int k) => vector == null ? default : T.Load(vector + k);
}
