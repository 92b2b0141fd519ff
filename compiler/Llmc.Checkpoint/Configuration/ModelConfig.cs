using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>
/// The facts of config.json under llmc's names, one record for every family. What the file leaves out has the default of
/// transformers for its model type; what the family's code fixes (which norm, where a bias stands) is not in here.
/// </summary>
public sealed record ModelConfig
{
    /// <summary><c>llama</c>, <c>qwen3_moe</c>, …: of the text model, where the checkpoint holds several.</summary>
    public required string ModelType { get; init; }

    /// <summary>Class names such as <c>LlamaForCausalLM</c>; may be empty.</summary>
    public required IReadOnlyList<string> Architectures { get; init; }

    /// <summary>Width of the residual stream, <c>E</c>.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the dense MLP, <c>F</c>.</summary>
    public required int IntermediateSize { get; init; }

    public required int NumLayers { get; init; }

    public required int VocabSize { get; init; }

    /// <summary>Positions that the model was made for, after rope scaling.</summary>
    public required int MaxPositions { get; init; }

    public required int NumQueryHeads { get; init; }

    /// <summary>Divides <see cref="NumQueryHeads"/>.</summary>
    public required int NumKvHeads { get; init; }

    /// <summary>Width of a query or key head; with <see cref="Mla"/>, of its rotated part.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Added to the mean square or variance in every norm.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Of the MLP, dense or expert.</summary>
    public required Activation Activation { get; init; }

    /// <summary>The output head is the embedding table.</summary>
    public required bool TieWordEmbeddings { get; init; }

    /// <summary>The projections of attention have biases; which of them is the family's affair.</summary>
    public required bool AttentionBias { get; init; }

    public required bool MlpBias { get; init; }

    /// <summary>One entry a layer.</summary>
    public required IReadOnlyList<LayerType> LayerTypes { get; init; }

    /// <summary>Positions that a sliding layer sees, its own included; null where no layer slides.</summary>
    public required int? SlidingWindow { get; init; }

    /// <summary>Rotary embedding of full layers; null where positions are learned (gpt2).</summary>
    public required RopeConfig? Rope { get; init; }

    /// <summary>Rotary embedding of sliding layers: the same as <see cref="Rope"/> unless the file gives two (gemma3).</summary>
    public required RopeConfig? SlidingRope { get; init; }

    /// <summary>One entry a layer: whether it rotates at all (smollm3's <c>no_rope_layers</c>).</summary>
    public required IReadOnlyList<bool> RotatedLayers { get; init; }

    /// <summary>Null for a model without experts.</summary>
    public required MoeConfig? Moe { get; init; }

    /// <summary>Multi-head latent attention; null for ordinary heads.</summary>
    public required MlaConfig? Mla { get; init; }

    /// <summary>cap · tanh(x / cap) on attention scores; null for none.</summary>
    public required double? AttentionSoftCap { get; init; }

    /// <summary>cap · tanh(x / cap) on logits; null for none.</summary>
    public required double? LogitSoftCap { get; init; }

    /// <summary>Attention scores are multiplied by its −1/2 power instead of <see cref="HeadDim"/>'s (gemma2).</summary>
    public required double? QueryScalar { get; init; }

    /// <summary>Attention scores are multiplied by this instead (granite).</summary>
    public required double? AttentionMultiplier { get; init; }

    /// <summary>Queries, keys and values are clamped to ± this; null for no clamp (olmoe).</summary>
    public required double? QkvClip { get; init; }

    /// <summary>Queries and keys are normed, where the family leaves that to the file (glm4_moe).</summary>
    public required bool QkNorm { get; init; }

    /// <summary>Attention and MLP read the same input (gpt_neox).</summary>
    public required bool ParallelResidual { get; init; }

    /// <summary>Embeddings are multiplied by this (granite).</summary>
    public required double EmbeddingMultiplier { get; init; }

    /// <summary>The output of attention and of the MLP is multiplied by this (granite).</summary>
    public required double ResidualMultiplier { get; init; }

    /// <summary>Logits are divided by this (granite).</summary>
    public required double LogitDivisor { get; init; }

    /// <summary>Logits are multiplied by this (cohere2).</summary>
    public required double LogitMultiplier { get; init; }

    /// <summary>The type that the publisher saved; tensors say their own.</summary>
    public required DType? DType { get; init; }

    public required int? BosTokenId { get; init; }

    /// <summary>Ids that end a sequence; may be empty.</summary>
    public required IReadOnlyList<int> EosTokenIds { get; init; }

    public required int? PadTokenId { get; init; }

    /// <summary>How the weights are quantized; null where they are plain.</summary>
    public required QuantizationConfig? Quantization { get; init; }

    /// <summary>Reads config.json of <paramref name="folder"/>, and hf_quant_config.json where there is one.</summary>
    /// <exception cref="LlmcException">LLMC0201 to LLMC0210.</exception>
    public static ModelConfig Read(string folder) => ModelConfigReader.Read(folder);
}
