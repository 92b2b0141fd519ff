using Llmc.Artifact;

namespace Llmc.Engine.Sampling;

/// <summary>How tokens are chosen from logits. Applied in the order in which they stand here.</summary>
public sealed record SamplingParameters
{
    /// <summary>Always the most likely token; among equals, the lowest id.</summary>
    public static SamplingParameters Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Added to the logits of these tokens.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>Greater than 0; tokens of prompt and answer: positive logits are divided by it, negative ones multiplied, once. Source: Keskar et al., CTRL, 2019.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted from the logit of a token once for each time it was generated; from −2 to 2.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Subtracted from the logit of a token if it was generated; from −2 to 2.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Divides the logits; 0 is greedy, and nothing below is used.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Keeps tokens whose probability is at least this share of the greatest; from 0 to 1.</summary>
    public float MinP { get; init; }

    /// <summary>Keeps the most likely tokens, and those that tie with the last; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps the fewest most likely tokens that have this share of what is left, and those that tie with the last; from above 0 to 1.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>With the same seed, prompt and parameters come the same tokens, whatever runs beside; null chooses one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>What a checkpoint recommends; without a recommendation to sample, greedy.</summary>
    public static SamplingParameters From(GenerationDefaults defaults) => new()
    {
        RepetitionPenalty = defaults.RepetitionPenalty ?? 1,
        Temperature = defaults.DoSample == true ? defaults.Temperature ?? 1 : 0,
        MinP = defaults.MinP ?? 0,
        TopK = defaults.TopK ?? 0,
        TopP = defaults.TopP ?? 1,
    };
}
