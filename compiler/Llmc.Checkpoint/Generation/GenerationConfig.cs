using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>
/// generation_config.json: what the publisher suggests to samplers. Null where the file is silent or absent; ids of special
/// tokens then come from config.json.
/// </summary>
public sealed record GenerationConfig
{
    /// <summary>Draw from the distribution; false means the likeliest token.</summary>
    public bool? DoSample { get; init; }

    /// <summary>At least 0; 0 means the likeliest token.</summary>
    public double? Temperature { get; init; }

    /// <summary>At least 0; 0 means no limit.</summary>
    public int? TopK { get; init; }

    /// <summary>In (0, 1].</summary>
    public double? TopP { get; init; }

    /// <summary>In [0, 1].</summary>
    public double? MinP { get; init; }

    /// <summary>Above 0; 1 means none.</summary>
    public double? RepetitionPenalty { get; init; }

    public int? MaxNewTokens { get; init; }

    public int? BosTokenId { get; init; }

    /// <summary>Ids that end a sequence; may be empty.</summary>
    public required IReadOnlyList<int> EosTokenIds { get; init; }

    public int? PadTokenId { get; init; }

    /// <summary>Texts that end a sequence; may be empty.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Reads generation_config.json of <paramref name="folder"/>, which may have none.</summary>
    /// <exception cref="LlmcException">LLMC0202, LLMC0204, LLMC0205.</exception>
    public static GenerationConfig Read(string folder, ModelConfig model)
    {
        var silent = new GenerationConfig
        {
            BosTokenId = model.BosTokenId,
            EosTokenIds = model.EosTokenIds,
            PadTokenId = model.PadTokenId,
        };
        return ConfigFile.Read(Path.Combine(folder, "generation_config.json")) is { } fields ? Read(fields, silent) : silent;
    }

    static GenerationConfig Read(ConfigFields fields, GenerationConfig silent) => new()
    {
        DoSample = fields.Flag("do_sample"),
        Temperature = fields.Number(0, 100, "temperature"),
        TopK = fields.Int(0, int.MaxValue, "top_k"),
        TopP = fields.Number(Limits.Smallest, 1, "top_p"),
        MinP = fields.Number(0, 1, "min_p"),
        RepetitionPenalty = fields.Number(Limits.Smallest, 100, "repetition_penalty"),
        MaxNewTokens = fields.Int(1, int.MaxValue, "max_new_tokens"),
        BosTokenId = fields.TokenId("bos_token_id") ?? silent.BosTokenId,
        EosTokenIds = fields.TokenIds("eos_token_id") ?? silent.EosTokenIds,
        PadTokenId = fields.TokenId("pad_token_id") ?? silent.PadTokenId,
        StopStrings = fields.Texts("stop_strings") ?? [],
    };
}
