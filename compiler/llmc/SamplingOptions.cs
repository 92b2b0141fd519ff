using System.CommandLine;
using Llmc.Artifact;
using Llmc.Engine.Sampling;

namespace Llmc.CommandLine;

/// <summary>Sampling parameters on the command line; those left out are the checkpoint's.</summary>
sealed class SamplingOptions
{
    readonly Option<float?> _temperature = new("--temperature") { Description = "0 is greedy." };
    readonly Option<int?> _topK = new("--top-k") { Description = "Keep the k most likely tokens; 0 keeps all." };
    readonly Option<float?> _topP = new("--top-p") { Description = "Keep the fewest tokens with this share of the probability." };
    readonly Option<float?> _minP = new("--min-p") { Description = "Keep tokens with at least this share of the greatest probability." };
    readonly Option<ulong?> _seed = new("--seed") { Description = "Equal seeds give equal answers." };
    readonly Option<float?> _repetition = new("--repetition-penalty") { Description = "Divides the logits of tokens that occurred." };
    readonly Option<float?> _presence = new("--presence-penalty") { Description = "Subtracted from the logits of generated tokens." };
    readonly Option<float?> _frequency = new("--frequency-penalty") { Description = "Subtracted once for each time a token was generated." };

    /// <summary>Adds the options to a command.</summary>
    public SamplingOptions(Command command)
    {
        foreach (var option in (Option[])[_temperature, _topK, _topP, _minP, _seed, _repetition, _presence, _frequency]) command.Add(option);
    }

    /// <summary>The parameters of a request.</summary>
    public SamplingParameters Of(ParseResult parsed, GenerationDefaults defaults)
    {
        var recommended = SamplingParameters.From(defaults);
        return recommended with
        {
            Temperature = parsed.GetValue(_temperature) ?? recommended.Temperature,
            TopK = parsed.GetValue(_topK) ?? recommended.TopK,
            TopP = parsed.GetValue(_topP) ?? recommended.TopP,
            MinP = parsed.GetValue(_minP) ?? recommended.MinP,
            Seed = parsed.GetValue(_seed),
            RepetitionPenalty = parsed.GetValue(_repetition) ?? recommended.RepetitionPenalty,
            PresencePenalty = parsed.GetValue(_presence) ?? recommended.PresencePenalty,
            FrequencyPenalty = parsed.GetValue(_frequency) ?? recommended.FrequencyPenalty,
        };
    }
}
