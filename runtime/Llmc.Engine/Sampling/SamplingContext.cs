namespace Llmc.Engine.Sampling;

/// <summary>What choosing a sequence's next token depends on, beside the logits: all of it, so that a recomputed sequence goes on as before.</summary>
readonly ref struct SamplingContext
{
    public required SamplingParameters Parameters { get; init; }
    public required ulong Seed { get; init; }
    /// <summary>Prompt and answer so far.</summary>
    public required ReadOnlySpan<int> Tokens { get; init; }
    public required int PromptLength { get; init; }
    /// <summary>The request's logit bias, as an array.</summary>
    public ReadOnlySpan<TokenBias> Bias { get; init; }
    /// <summary>Tokens that must not be chosen now.</summary>
    public ReadOnlySpan<int> Forbidden { get; init; }

    /// <summary>Below this temperature every other token's weight underflows: greedy.</summary>
    public const float LeastTemperature = 1e-5f;

    public bool IsGreedy => Parameters.Temperature < LeastTemperature;

    /// <summary>Whether logits are changed before anything is chosen.</summary>
    public bool ChangesLogits =>
        Bias.Length > 0 || Parameters.RepetitionPenalty != 1 || Parameters.FrequencyPenalty != 0 ||
        Parameters.PresencePenalty != 0 || Forbidden.Length > 0;
}

/// <summary>What is added to a token's logit.</summary>
readonly record struct TokenBias(int Token, float Value);
