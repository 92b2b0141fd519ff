namespace Llmc.Engine.Sampling;

/// <summary>
/// Chooses tokens: a function of a row of logits and its context alone. Allocates nothing; one sampler serves one thread.
/// </summary>
sealed class Sampler(int vocabSize)
{
    const int ChunkLength = 256;

    readonly Penalties _penalties = new(vocabSize);
    readonly float[] _distances = new float[vocabSize];
    readonly float[] _weights = new float[vocabSize];
    readonly int[] _ids = new int[vocabSize];
    readonly float[] _chunkSums = new float[(vocabSize + ChunkLength - 1) / ChunkLength];

    /// <summary>The next token; false when the logits, as changed by the context, have no finite maximum.</summary>
    /// <param name="logits">f32[V].</param>
    public bool TrySample(ReadOnlySpan<float> logits, in SamplingContext context, out int token)
    {
        var row = context.ChangesLogits ? _penalties.Apply(logits, context) : logits;
        var max = Rows.Max(row);
        token = 0;
        if (!float.IsFinite(max)) return false;
        token = context.IsGreedy ? row.IndexOf(max) : Draw(row, max, context);
        return true;
    }

    int Draw(ReadOnlySpan<float> row, float max, in SamplingContext context)
    {
        var parameters = context.Parameters;
        Rows.Distances(row, max, 1 / parameters.Temperature, _distances);
        // Just below infinity, where tokens that are ruled out stand.
        var cutoff = float.MaxValue;
        if (parameters.MinP > 0) cutoff = -MathF.Log(parameters.MinP);
        if (parameters.TopK > 0 && parameters.TopK < vocabSize) cutoff = MathF.Min(cutoff, Cutoff.TopK(_distances, parameters.TopK));
        var kept = Keep(cutoff);
        if (parameters.TopP < 1) DropTail(kept, parameters.TopP);
        return _ids[Choose(kept, Philox.Uniform(context.Seed, context.Tokens.Length))];
    }

    /// <summary>Gathers the tokens up to the cutoff, in order of id, and gives them weights; returns their number.</summary>
    int Keep(float cutoff)
    {
        var kept = 0;
        for (var id = 0; id < vocabSize; id++)
        {
            var distance = _distances[id];
            // Written always, kept sometimes: no branch to mispredict. kept ≤ id, so nothing unread is overwritten.
            (_distances[kept], _ids[kept]) = (distance, id);
            kept += distance <= cutoff ? 1 : 0;
        }
        Rows.Weights(_distances.AsSpan(0, kept), _weights);
        return kept;
    }

    /// <summary>Zeroes the weights beyond the nucleus. Source: Holtzman et al., The Curious Case of Neural Text Degeneration, 2020.</summary>
    void DropTail(int kept, float topP)
    {
        var cutoff = Cutoff.TopP(_distances.AsSpan(0, kept), _weights.AsSpan(0, kept), topP);
        for (var i = 0; i < kept; i++)
            if (_distances[i] > cutoff) _weights[i] = 0;
    }

    /// <summary>Inverts the distribution function at <paramref name="uniform"/>: whole chunks first, then within one.</summary>
    int Choose(int kept, double uniform)
    {
        var chunks = (kept + ChunkLength - 1) / ChunkLength;
        var total = 0.0;
        for (var chunk = 0; chunk < chunks; chunk++) total += _chunkSums[chunk] = Rows.Sum(Chunk(kept, chunk));
        var rest = uniform * total;
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            if (rest < _chunkSums[chunk]) return chunk * ChunkLength + ChooseWithin(Chunk(kept, chunk), rest);
            rest -= _chunkSums[chunk];
        }
        return LastWithWeight(_weights.AsSpan(0, kept));
    }

    Span<float> Chunk(int kept, int chunk) => _weights.AsSpan(chunk * ChunkLength, Math.Min(ChunkLength, kept - chunk * ChunkLength));

    static int ChooseWithin(ReadOnlySpan<float> weights, double rest)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            if (rest < weights[i]) return i;
            rest -= weights[i];
        }
        return LastWithWeight(weights);
    }

    /// <summary>Where rounding leads past the end; some weight is not zero, as the greatest logit has weight 1 and is never dropped.</summary>
    static int LastWithWeight(ReadOnlySpan<float> weights) => weights.LastIndexOfAnyExcept(0f);
}
