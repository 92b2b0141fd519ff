using System.Collections.Frozen;

namespace Llmc.Checkpoints;

/// <summary>NVIDIA ModelOpt's description: the name of an algorithm stands for the formats.</summary>
static class ModelOptReader
{
    static readonly FrozenDictionary<string, Func<ConfigFields, QuantizationGroup>> Algorithms =
        new Dictionary<string, Func<ConfigFields, QuantizationGroup>>
        {
            ["FP8"] = _ => new(["Linear"], Tensor, Tensor),
            ["FP8_PER_CHANNEL_PER_TOKEN"] = _ => new(["Linear"], QuantizationReader.Float8(QuantizationGrain.Channel), Token),
            ["NVFP4"] = fields => new(["Linear"], Float4(fields), Float4(fields) with { IsDynamic = true }),
            ["W4A16_NVFP4"] = fields => new(["Linear"], Float4(fields), null),
        }.ToFrozenDictionary();

    internal static QuantizationConfig Read(ConfigFields fields)
    {
        var algorithm = fields.Text("quant_algo") ?? throw fields.Missing("quant_algo");
        if (!Algorithms.TryGetValue(algorithm, out var group))
            throw fields.UnknownQuantization($"modelopt {algorithm}", Algorithms.Keys.Select(known => $"modelopt {known}"));
        return new()
        {
            Method = QuantizationMethod.ModelOpt,
            Format = algorithm,
            Groups = [group(fields)],
            Ignored = fields.Texts("exclude_modules") ?? fields.Texts("ignore") ?? [],
            KvCache = KvCache(fields),
        };
    }

    static NumberFormat Tensor => QuantizationReader.Float8(QuantizationGrain.Tensor);

    static NumberFormat Token => QuantizationReader.Float8(QuantizationGrain.Token) with { IsDynamic = true };

    static NumberFormat Float4(ConfigFields fields) =>
        QuantizationReader.Float4(QuantizationReader.GroupSize(fields, "group_size") ?? 16);

    static NumberFormat? KvCache(ConfigFields fields)
    {
        if (fields.Object("kv_cache_scheme") is { } scheme) return CompressedTensorsReader.Numbers(scheme);
        return fields.Text("kv_cache_quant_algo") switch
        {
            null => null,
            "FP8" => Tensor,
            var other => throw fields.UnknownQuantization($"modelopt {other} KV cache", ["modelopt FP8 KV cache"]),
        };
    }
}
