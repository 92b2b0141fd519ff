using Llmc.Artifact;
using Llmc.Engine.Sampling;

namespace Llmc.Engine;

/// <summary>What an engine takes.</summary>
sealed class RequestRules(Manifest manifest)
{
    readonly Limits _limits = manifest.Limits;
    readonly int _vocabSize = manifest.Model.VocabSize;

    /// <summary>Tokens of the longest sequence that fits into the cache; its last one is never fed.</summary>
    int MaxLength => (int)Math.Min(_limits.MaxSequenceLength, (long)_limits.Blocks * _limits.BlockSize + 1);

    /// <summary>Tokens the request may generate.</summary>
    public int MaxTokens(Request request) => request.MaxTokens ?? MaxLength - request.Prompt.Length;

    /// <summary>The first rule that the request breaks; null when it breaks none.</summary>
    public Refusal? Check(Request request)
    {
        var broken = CheckPrompt(request.Prompt.Span) ?? CheckLength(request) ?? CheckParameters(request) ?? CheckSampling(request.Sampling);
        return broken is null ? null : new(broken);
    }

    LlmcException? CheckPrompt(ReadOnlySpan<int> prompt)
    {
        if (prompt.Length == 0) return Diagnostics.PromptEmpty.With();
        var outside = prompt.IndexOfAnyExceptInRange(0, _vocabSize - 1);
        return outside < 0 ? null : Diagnostics.TokenOutOfVocabulary.With(outside, prompt[outside], _vocabSize - 1);
    }

    LlmcException? CheckLength(Request request)
    {
        var (prompt, answer) = (request.Prompt.Length, request.MaxTokens ?? 1);
        if (answer < 0) return Diagnostics.ParameterOutOfRange.With("max_tokens", "at least 0", answer);
        if (prompt + Math.Min(answer, 1) > _limits.MaxSequenceLength) return Diagnostics.PromptTooLong.With(prompt, _limits.MaxSequenceLength - 1);
        if ((long)prompt + answer > _limits.MaxSequenceLength)
            return Diagnostics.TooManyTokens.With(prompt, answer, (long)prompt + answer, _limits.MaxSequenceLength);
        var blocks = (prompt + Math.Max(answer - 1, 0) + _limits.BlockSize - 1) / _limits.BlockSize;
        return blocks > _limits.Blocks ? Diagnostics.LargerThanCache.With(blocks, _limits.Blocks) : null;
    }

    LlmcException? CheckParameters(Request request)
    {
        if (request.MinTokens < 0 || request.MinTokens > MaxTokens(request))
            return Diagnostics.ParameterOutOfRange.With("min_tokens", $"from 0 to max_tokens, {MaxTokens(request)},", request.MinTokens);
        if (request.TopLogprobs is < 0 or > Request.MostTopLogprobs)
            return Diagnostics.ParameterOutOfRange.With("top_logprobs", $"from 0 to {Request.MostTopLogprobs}", request.TopLogprobs);
        if (request.LogitsFrom is { } from && (uint)from >= request.Prompt.Length)
            return Diagnostics.ParameterOutOfRange.With("the first position of logits", $"from 0 to {request.Prompt.Length - 1}", from);
        foreach (var token in request.StopTokens)
            if ((uint)token >= _vocabSize) return Diagnostics.ParameterOutOfRange.With("a stop token", $"from 0 to {_vocabSize - 1}", token);
        return null;
    }

    LlmcException? CheckSampling(SamplingParameters sampling)
    {
        foreach (var (token, value) in sampling.LogitBias ?? new Dictionary<int, float>())
        {
            if ((uint)token >= _vocabSize) return Diagnostics.ParameterOutOfRange.With("a token of logit_bias", $"from 0 to {_vocabSize - 1}", token);
            if (float.IsNaN(value)) return Diagnostics.ParameterOutOfRange.With("logit_bias", "a number", value);
        }
        return Range("repetition_penalty", sampling.RepetitionPenalty, "a finite number greater than 0", float.Epsilon, float.MaxValue)
            ?? Range("frequency_penalty", sampling.FrequencyPenalty, "from -2 to 2", -2, 2)
            ?? Range("presence_penalty", sampling.PresencePenalty, "from -2 to 2", -2, 2)
            ?? Range("temperature", sampling.Temperature, "a finite number not less than 0", 0, float.MaxValue)
            ?? Range("min_p", sampling.MinP, "from 0 to 1", 0, 1)
            ?? Range("top_k", sampling.TopK, "at least 0", 0, float.MaxValue)
            ?? Range("top_p", sampling.TopP, "greater than 0 and at most 1", float.Epsilon, 1);
    }

    /// <summary>The complaint, unless <paramref name="value"/> lies between the bounds; a NaN never does.</summary>
    static LlmcException? Range(string name, float value, string range, float least, float most) =>
        value >= least && value <= most ? null : Diagnostics.ParameterOutOfRange.With(name, range, value);
}
