namespace Llmc.Checkpoints;

/// <summary>The tool or layout that a quantized checkpoint follows; it decides the names and packing of its tensors.</summary>
public enum QuantizationMethod
{
    /// <summary>E4M3 weights with <c>weight_scale_inv</c>, by blocks or by tensor (DeepSeek-V3, transformers).</summary>
    Fp8,
    /// <summary>Integers packed along the input, with <c>qzeros</c>, <c>scales</c> and <c>g_idx</c>.</summary>
    Gptq,
    /// <summary>4-bit integers packed along the output, interleaved, with <c>qzeros</c> and <c>scales</c>.</summary>
    Awq,
    /// <summary>llm-compressor's layouts, told apart by <see cref="QuantizationConfig.Format"/>.</summary>
    CompressedTensors,
    /// <summary>NVIDIA ModelOpt.</summary>
    ModelOpt,
    /// <summary>OCP MX 4-bit experts as gpt-oss has them.</summary>
    Mxfp4,
}

/// <summary>Which elements share a scale.</summary>
public enum QuantizationGrain
{
    Tensor,
    /// <summary>A row of the weight: an output channel.</summary>
    Channel,
    /// <summary>A row of the activations.</summary>
    Token,
    /// <summary><see cref="NumberFormat.GroupSize"/> neighbours along the input.</summary>
    Group,
    /// <summary>A rectangle of <see cref="NumberFormat.BlockShape"/>.</summary>
    Block,
}

/// <summary>How numbers are quantized.</summary>
/// <param name="Bits">2 to 8 of an element.</param>
/// <param name="IsFloat">E4M3 or E2M1 rather than integers.</param>
/// <param name="IsSymmetric">No zero points.</param>
/// <param name="Grain">Which elements share a scale.</param>
/// <param name="GroupSize">Elements of a group; null for other grains, and for groups as long as the row.</param>
/// <param name="BlockShape">Rows and columns of a block; empty for other grains.</param>
/// <param name="IsDynamic">Scales are computed while running rather than stored.</param>
public sealed record NumberFormat(
    int Bits, bool IsFloat, bool IsSymmetric, QuantizationGrain Grain,
    int? GroupSize, IReadOnlyList<int> BlockShape, bool IsDynamic);

/// <summary>Modules that are quantized alike.</summary>
/// <param name="Targets">Module classes (<c>Linear</c>), names, or patterns that begin with <c>re:</c>.</param>
/// <param name="Activations">Null where activations stay as they are.</param>
public sealed record QuantizationGroup(IReadOnlyList<string> Targets, NumberFormat Weights, NumberFormat? Activations);

/// <summary>What <c>quantization_config</c> or hf_quant_config.json says, as plain facts.</summary>
public sealed record QuantizationConfig
{
    public required QuantizationMethod Method { get; init; }

    /// <summary>The publisher's word for a layout within the method: <c>pack-quantized</c>, <c>gemm</c>; may be empty.</summary>
    public required string Format { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<QuantizationGroup> Groups { get; init; }

    /// <summary>Modules that stay as they are: names, <c>*</c> wildcards or <c>re:</c> patterns.</summary>
    public required IReadOnlyList<string> Ignored { get; init; }

    /// <summary>gptq: columns were quantized in order of activation, so that groups are scattered over the input.</summary>
    public bool IsActivationOrdered { get; init; }

    /// <summary>Null where the KV cache stays as it is.</summary>
    public NumberFormat? KvCache { get; init; }
}
