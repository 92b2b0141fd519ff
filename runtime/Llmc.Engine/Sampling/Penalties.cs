namespace Llmc.Engine.Sampling;

/// <summary>Changes to logits that depend on the request and on the tokens so far; O(tokens), not O(vocabulary), beyond one copy.</summary>
sealed class Penalties(int vocabSize)
{
    readonly float[] _row = new float[vocabSize];
    // Zero for every token between calls.
    readonly int[] _counts = new int[vocabSize];

    /// <summary>The changed row, valid until the next call.</summary>
    public ReadOnlySpan<float> Apply(ReadOnlySpan<float> logits, in SamplingContext context)
    {
        logits.CopyTo(_row);
        foreach (var token in context.Forbidden) _row[token] = float.NegativeInfinity;
        AddBias(context.Bias);
        PenaliseRepetition(context.Tokens, context.Parameters.RepetitionPenalty);
        PenaliseFrequency(context.Tokens[context.PromptLength..], context.Parameters);
        return _row;
    }

    void AddBias(ReadOnlySpan<TokenBias> bias)
    {
        foreach (var (token, value) in bias) _row[token] += value;
    }

    void PenaliseRepetition(ReadOnlySpan<int> tokens, float penalty)
    {
        if (penalty == 1) return;
        foreach (var token in tokens)
            if (_counts[token]++ == 0) _row[token] = _row[token] > 0 ? _row[token] / penalty : _row[token] * penalty;
        foreach (var token in tokens) _counts[token] = 0;
    }

    void PenaliseFrequency(ReadOnlySpan<int> generated, SamplingParameters parameters)
    {
        if (parameters is { FrequencyPenalty: 0, PresencePenalty: 0 }) return;
        foreach (var token in generated) _counts[token]++;
        foreach (var token in generated)
        {
            if (_counts[token] == 0) continue;
            _row[token] -= parameters.FrequencyPenalty * _counts[token] + parameters.PresencePenalty;
            _counts[token] = 0;
        }
    }
}
