using System.Collections.Frozen;

namespace Llmc.Checkpoints;

/// <summary>llm-compressor's description: <c>config_groups</c>, each with its targets, weights and activations.</summary>
static class CompressedTensorsReader
{
    static readonly FrozenDictionary<string, QuantizationGrain> Strategies = new Dictionary<string, QuantizationGrain>
    {
        ["tensor"] = QuantizationGrain.Tensor,
        ["channel"] = QuantizationGrain.Channel,
        ["token"] = QuantizationGrain.Token,
        ["group"] = QuantizationGrain.Group,
        ["tensor_group"] = QuantizationGrain.Group,
        ["block"] = QuantizationGrain.Block,
    }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, bool> FloatTypes =
        new Dictionary<string, bool> { ["float"] = true, ["int"] = false }.ToFrozenDictionary();

    internal static QuantizationConfig Read(ConfigFields fields) => new()
    {
        Method = QuantizationMethod.CompressedTensors,
        Format = fields.Text("format") ?? "",
        Groups = Groups(fields),
        Ignored = fields.Texts("ignore") ?? [],
        KvCache = fields.Object("kv_cache_scheme") is { } scheme ? Numbers(scheme) : null,
    };

    internal static IReadOnlyList<QuantizationGroup> Groups(ConfigFields fields)
    {
        var groups = fields.Object("config_groups") ?? throw fields.Missing("config_groups");
        IReadOnlyList<QuantizationGroup> read = [.. groups.Objects().Select(Group)];
        return read.Count > 0 ? read : throw fields.Missing("config_groups");
    }

    internal static NumberFormat Numbers(ConfigFields fields)
    {
        var group = QuantizationReader.GroupSize(fields, "group_size");
        return new(
            Bits: fields.Int(2, 8, "num_bits") ?? throw fields.Missing("num_bits"),
            IsFloat: fields.Choice(FloatTypes, "type") ?? false,
            IsSymmetric: fields.Flag("symmetric") ?? true,
            Grain: fields.Choice(Strategies, "strategy") ?? (group is null ? QuantizationGrain.Tensor : QuantizationGrain.Group),
            GroupSize: group,
            BlockShape: QuantizationReader.Block(fields, "block_structure"),
            // NVFP4 activations write "local": the scale of a group is computed, that of the tensor stored.
            IsDynamic: fields.FlagOr("local", "dynamic") ?? false);
    }

    static QuantizationGroup Group(ConfigFields fields) => new(
        Targets: fields.Texts("targets") ?? ["Linear"],
        Weights: Numbers(fields.Object("weights") ?? throw fields.Missing("weights")),
        Activations: fields.Object("input_activations") is { } activations ? Numbers(activations) : null);
}
