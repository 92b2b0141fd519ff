namespace Llmc.Graph;

/// <summary>Causal attention of every token over its own sequence.</summary>
static class Attention
{
    public static Matrix Attend(Matrix q, Matrix k, Matrix v, AttentionOp op, float[]? sinks, IReadOnlyList<Span> sequences)
    {
        var result = new Matrix(q.Rows, q.Columns);
        foreach (var sequence in sequences)
            for (var token = sequence.Start; token < sequence.End; token++)
                for (var head = 0; head < op.Heads.Query; head++)
                {
                    var first = op.Window == 0 ? sequence.Start : Math.Max(sequence.Start, token - op.Window + 1);
                    var kvHead = op.Heads.KvHeadOf(head);
                    var shares = new float[token - first + 1];
                    for (var i = 0; i < shares.Length; i++)
                        shares[i] = Score(Head(q, token, head, op.Heads.Dim), Head(k, first + i, kvHead, op.Heads.Dim), op);
                    Softmax(shares, sinks?[head]);
                    Mix(shares, v, first, kvHead, Head(result, token, head, op.Heads.Dim));
                }
        return result;
    }

    static float Score(ReadOnlySpan<float> query, ReadOnlySpan<float> key, AttentionOp op)
    {
        var sum = 0.0;
        for (var i = 0; i < query.Length; i++) sum += (double)query[i] * key[i];
        var score = (float)sum * op.Scale;
        return op.SoftCap == 0 ? score : op.SoftCap * MathF.Tanh(score / op.SoftCap);
    }

    /// <summary>In place; a sink takes part in the denominator alone.</summary>
    static void Softmax(Span<float> scores, float? sink)
    {
        var largest = sink ?? float.NegativeInfinity;
        foreach (var score in scores) largest = MathF.Max(largest, score);
        double sum = sink is null ? 0f : MathF.Exp(sink.Value - largest);
        foreach (ref var score in scores) sum += score = MathF.Exp(score - largest);
        foreach (ref var score in scores) score = (float)(score / sum);
    }

    /// <summary>Σ share · value over the positions from <paramref name="first"/> on.</summary>
    static void Mix(ReadOnlySpan<float> shares, Matrix v, int first, int kvHead, Span<float> output)
    {
        for (var i = 0; i < output.Length; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < shares.Length; j++) sum += (double)shares[j] * v[first + j][kvHead * output.Length + i];
            output[i] = (float)sum;
        }
    }

    static Span<float> Head(Matrix values, int row, int head, int dim) => values[row].Slice(head * dim, dim);
}
