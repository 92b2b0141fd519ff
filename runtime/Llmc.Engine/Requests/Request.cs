using Llmc.Engine.Sampling;

namespace Llmc.Engine;

/// <summary>A prompt to continue, and how.</summary>
public sealed record Request
{
    /// <summary>Token ids.</summary>
    public required ReadOnlyMemory<int> Prompt { get; init; }

    /// <summary>Tokens to generate at most; 0 computes the prompt alone; null takes all that the engine has room for.</summary>
    public int? MaxTokens { get; init; }

    public SamplingParameters Sampling { get; init; } = new();

    /// <summary>Tokens that end the answer, beside the model's end of sequence.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    /// <summary>Whether the model's end of sequence is a token like others.</summary>
    public bool IgnoreEos { get; init; }

    /// <summary>Tokens to generate before any that would end the answer may be chosen.</summary>
    public int MinTokens { get; init; }

    /// <summary>Lower runs earlier; among equals, first come, first served.</summary>
    public int Priority { get; init; }

    /// <summary>Shares cached prefixes with requests of the same salt alone: one per tenant keeps tenants apart.</summary>
    public string? CacheSalt { get; init; }

    /// <summary>Log-probabilities to report with each token, beside the chosen one's: 0 to <see cref="MostTopLogprobs"/>; null reports none.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>First position whose row of logits goes to <see cref="IRequestOutput.Logits"/>; null keeps logits inside.</summary>
    public int? LogitsFrom { get; init; }

    /// <summary>Greatest <see cref="TopLogprobs"/>.</summary>
    public const int MostTopLogprobs = 20;
}
