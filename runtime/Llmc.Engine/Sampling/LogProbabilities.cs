namespace Llmc.Engine.Sampling;

/// <summary>Log-probabilities under the model itself: of the logits as they were computed, before penalties and temperature.</summary>
sealed class LogProbabilities(int mostTokens)
{
    readonly TokenLogprob[] _top = new TokenLogprob[mostTokens];

    /// <summary>log Σ exp(logits).</summary>
    public static float LogSumExp(ReadOnlySpan<float> logits)
    {
        var max = Rows.Max(logits);
        return max + MathF.Log(Rows.SumOfExponentials(logits, max));
    }

    /// <summary>The most likely tokens, best first, lower ids first among equals; valid until the next call.</summary>
    public ReadOnlySpan<TokenLogprob> Top(ReadOnlySpan<float> logits, float logSumExp, int count)
    {
        count = Math.Min(count, logits.Length);
        var found = 0;
        for (var id = 0; id < logits.Length && count > 0; id++)
        {
            if (found == count && !(logits[id] > _top[found - 1].Logprob)) continue;
            if (found < count) found++;
            Insert(found - 1, new(id, logits[id]));
        }
        for (var i = 0; i < found; i++) _top[i] = _top[i] with { Logprob = _top[i].Logprob - logSumExp };
        return _top.AsSpan(0, found);
    }

    /// <summary>Puts the token, at <paramref name="place"/> or better, behind those that are at least as likely.</summary>
    void Insert(int place, TokenLogprob token)
    {
        for (; place > 0 && _top[place - 1].Logprob < token.Logprob; place--) _top[place] = _top[place - 1];
        _top[place] = token;
    }
}
