using System.Collections.Frozen;

namespace Llmc.Checkpoints;

/// <summary>Finds the description of a quantized checkpoint and hands it to the reader of its method.</summary>
static class QuantizationReader
{
    const int MaxGroup = 1 << 20;

    static readonly FrozenDictionary<string, Func<ConfigFields, QuantizationConfig>> Methods =
        new Dictionary<string, Func<ConfigFields, QuantizationConfig>>
        {
            ["awq"] = ReadAwq,
            ["compressed-tensors"] = CompressedTensorsReader.Read,
            ["fp8"] = ReadFp8,
            ["gptq"] = ReadGptq,
            ["modelopt"] = ModelOptReader.Read,
            ["mxfp4"] = ReadMxfp4,
        }.ToFrozenDictionary();

    /// <summary>Whether the scales of activations are computed while running.</summary>
    static readonly FrozenDictionary<string, bool> ActivationSchemes =
        new Dictionary<string, bool> { ["dynamic"] = true, ["static"] = false }.ToFrozenDictionary();

    /// <summary>Null where the checkpoint is not quantized.</summary>
    internal static QuantizationConfig? Read(string folder, ConfigFields config)
    {
        if (config.Object("quantization_config", "compression_config") is { } fields)
        {
            var method = fields.Text("quant_method") ?? throw fields.Missing("quant_method");
            return Methods.GetValueOrDefault(method) is { } read
                ? read(fields)
                : throw fields.UnknownQuantization(method, Methods.Keys);
        }
        // ModelOpt's own file, which its older exports have instead.
        return ConfigFile.Read(Path.Combine(folder, "hf_quant_config.json")) is { } file
            ? ModelOptReader.Read(file.Object("quantization") ?? throw file.Missing("quantization"))
            : null;
    }

    static QuantizationConfig ReadFp8(ConfigFields fields)
    {
        var block = Block(fields, "weight_block_size");
        var isDynamic = fields.Choice(ActivationSchemes, "activation_scheme") ?? true;
        var weights = Float8(block.Count == 0 ? QuantizationGrain.Tensor : QuantizationGrain.Block) with { BlockShape = block };
        var activations = Float8(Grain(block, isDynamic)) with
        {
            GroupSize = block is [_, var columns] && isDynamic ? columns : null,
            IsDynamic = isDynamic,
        };
        return new()
        {
            Method = QuantizationMethod.Fp8,
            Format = fields.Text("fmt") ?? "",
            Groups = [new(["Linear"], weights, activations)],
            Ignored = fields.Texts("modules_to_not_convert") ?? fields.Texts("ignored_layers") ?? [],
        };
    }

    /// <summary>Beside weights in blocks, activations computed while running have a scale a token and block column.</summary>
    static QuantizationGrain Grain(IReadOnlyList<int> block, bool isDynamic) => (isDynamic, block.Count) switch
    {
        (false, _) => QuantizationGrain.Tensor,
        (true, 0) => QuantizationGrain.Token,
        (true, _) => QuantizationGrain.Group,
    };

    static QuantizationConfig ReadGptq(ConfigFields fields) => new()
    {
        Method = QuantizationMethod.Gptq,
        Format = fields.Text("checkpoint_format", "format") ?? "gptq",
        Groups = [new(["Linear"], Integers(fields, fields.Flag("sym") ?? true), Activations: null)],
        Ignored = fields.Texts("modules_to_not_convert") ?? [],
        IsActivationOrdered = fields.Flag("desc_act") ?? false,
    };

    static QuantizationConfig ReadAwq(ConfigFields fields) => new()
    {
        Method = QuantizationMethod.Awq,
        Format = fields.Text("version", "format") ?? "gemm",
        Groups = [new(["Linear"], Integers(fields, !(fields.Flag("zero_point") ?? true)), Activations: null)],
        Ignored = fields.Texts("modules_to_not_convert") ?? [],
    };

    static QuantizationConfig ReadMxfp4(ConfigFields fields) => new()
    {
        Method = QuantizationMethod.Mxfp4,
        Format = "",
        Groups = [new(["Linear"], Float4(groupSize: 32), Activations: null)],
        Ignored = fields.Texts("modules_to_not_convert") ?? [],
    };

    /// <summary>E4M3 with stored scales.</summary>
    internal static NumberFormat Float8(QuantizationGrain grain) =>
        new(8, IsFloat: true, IsSymmetric: true, grain, GroupSize: null, BlockShape: [], IsDynamic: false);

    /// <summary>E2M1 in groups along the input.</summary>
    internal static NumberFormat Float4(int groupSize) =>
        new(4, IsFloat: true, IsSymmetric: true, QuantizationGrain.Group, groupSize, BlockShape: [], IsDynamic: false);

    /// <summary>Integers in groups along the input; a group size of −1 spans the row.</summary>
    static NumberFormat Integers(ConfigFields fields, bool isSymmetric)
    {
        var bits = fields.Int(2, 8, "bits", "w_bit") ?? throw fields.Missing("bits");
        var group = GroupSize(fields, "group_size", "q_group_size") ?? (fields.IsWritten("group_size") ? null : 128);
        return new(bits, IsFloat: false, isSymmetric, QuantizationGrain.Group, group, [], IsDynamic: false);
    }

    /// <summary>Null where unwritten or −1.</summary>
    internal static int? GroupSize(ConfigFields fields, params ReadOnlySpan<string> names) =>
        fields.Int(-1, MaxGroup, names) is > 0 and var size ? size : null;

    /// <summary>Rows and columns, or empty.</summary>
    internal static IReadOnlyList<int> Block(ConfigFields fields, string name)
    {
        var block = fields.Ints(1, MaxGroup, name) ?? [];
        return block.Count is 0 or 2 ? block : throw fields.WrongLength(name, 2, "side of a block", block.Count);
    }
}
