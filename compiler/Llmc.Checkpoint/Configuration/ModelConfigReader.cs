using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>
/// Reads config.json of both generations: transformers ≤ 4 (<c>rope_theta</c>, <c>rope_scaling</c>, <c>torch_dtype</c>) and
/// ≥ 5 (<c>rope_parameters</c>, <c>dtype</c>). The text part of a multi-modal file is followed.
/// </summary>
sealed class ModelConfigReader
{
    readonly ConfigFields root;
    readonly ConfigFields text;
    readonly string modelType;
    readonly FamilyDefaults defaults;

    ModelConfigReader(ConfigFields root)
    {
        (this.root, text) = (root, root.Object("text_config") ?? root);
        modelType = text.Text("model_type") ?? throw text.Missing("model_type");
        defaults = Families.Of(modelType);
    }

    internal static ModelConfig Read(string folder)
    {
        var root = ConfigFile.Read(Path.Combine(folder, "config.json")) ?? throw Diagnostics.ConfigMissing.With(folder);
        return new ModelConfigReader(root).Read(QuantizationReader.Read(folder, root));
    }

    ModelConfig Read(QuantizationConfig? quantization)
    {
        var mla = MlaReader.Read(text, defaults.Mla);
        var heads = AttentionSizes.Read(text, defaults, mla);
        var numLayers = Required("num_hidden_layers", text.Int(1, Limits.Layers, "num_hidden_layers", "n_layer"));
        var maxPositions = Required("max_position_embeddings",
            text.Int(1, Limits.Positions, "max_position_embeddings", "n_positions") ?? defaults.MaxPositions);
        var intermediateSize = IntermediateSize(heads.HiddenSize);
        var layers = LayerKinds.Read(text, defaults, numLayers);
        var (rope, slidingRope) = new RopeReader(text, defaults, heads.HeadDim, maxPositions).Read();
        return new()
        {
            ModelType = modelType,
            Architectures = root.Texts("architectures") ?? [],
            HiddenSize = heads.HiddenSize,
            IntermediateSize = intermediateSize,
            NumLayers = numLayers,
            VocabSize = Required("vocab_size", text.Int(1, Limits.Vocabulary, "vocab_size") ?? defaults.VocabSize),
            MaxPositions = maxPositions,
            NumQueryHeads = heads.NumQueryHeads,
            NumKvHeads = heads.NumKvHeads,
            HeadDim = heads.HeadDim,
            NormEpsilon = NormEpsilon(),
            Activation = text.Choice(Spellings.Activations, "hidden_activation", "hidden_act", "activation_function")
                ?? defaults.Activation,
            TieWordEmbeddings = text.Flag("tie_word_embeddings") ?? root.Flag("tie_word_embeddings")
                ?? defaults.TieWordEmbeddings,
            AttentionBias = text.Flag("attention_bias", "qkv_bias", "use_bias") ?? defaults.AttentionBias,
            MlpBias = text.Flag("mlp_bias", "use_bias") ?? defaults.MlpBias,
            LayerTypes = layers.Types,
            SlidingWindow = layers.SlidingWindow,
            RotatedLayers = layers.Rotated,
            Rope = rope,
            SlidingRope = slidingRope,
            Moe = new MoeReader(text, defaults.Moe, numLayers).Read(intermediateSize),
            Mla = mla,
            AttentionSoftCap = SoftCap("attn_logit_softcapping", defaults.AttentionSoftCap),
            LogitSoftCap = SoftCap("final_logit_softcapping", defaults.LogitSoftCap),
            QueryScalar = Factor("query_pre_attn_scalar") ?? defaults.QueryScalar,
            AttentionMultiplier = Factor("attention_multiplier") ?? defaults.AttentionMultiplier,
            QkvClip = Factor("clip_qkv"),
            QkNorm = text.Flag("use_qk_norm", "qk_layernorm") ?? false,
            ParallelResidual = text.Flag("use_parallel_residual") ?? defaults.ParallelResidual,
            EmbeddingMultiplier = Factor("embedding_multiplier") ?? 1,
            ResidualMultiplier = Factor("residual_multiplier") ?? 1,
            LogitDivisor = Factor("logits_scaling") ?? 1,
            LogitMultiplier = Factor("logit_scale") ?? defaults.LogitMultiplier,
            DType = text.Choice(Spellings.DTypes, "dtype", "torch_dtype")
                ?? root.Choice(Spellings.DTypes, "dtype", "torch_dtype"),
            BosTokenId = text.TokenId("bos_token_id") ?? root.TokenId("bos_token_id")
                ?? (IsWritten("bos_token_id") ? null : defaults.BosTokenId),
            EosTokenIds = text.TokenIds("eos_token_id") ?? root.TokenIds("eos_token_id")
                ?? (IsWritten("eos_token_id") ? [] : defaults.EosTokenIds ?? []),
            PadTokenId = text.TokenId("pad_token_id") ?? root.TokenId("pad_token_id"),
            Quantization = quantization,
        };
    }

    /// <summary>gpt2 leaves <c>n_inner</c> null for four times the hidden size.</summary>
    int IntermediateSize(int hiddenSize) =>
        text.Int(1, Limits.Width, "intermediate_size", "n_inner")
        ?? (defaults.HasLearnedPositions ? 4 * hiddenSize : throw text.Missing("intermediate_size"));

    double NormEpsilon() =>
        text.Number(Limits.Smallest, 1, "rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon", "norm_epsilon", "norm_eps")
        ?? defaults.NormEpsilon;

    int Required(string name, int? value) => value ?? throw text.Missing(name);

    double? Factor(string name) => text.Number(Limits.Smallest, Limits.Factor, name);

    /// <summary>A cap written as null is off; only an unwritten one has the family's default.</summary>
    double? SoftCap(string name, double? fallback) => text.IsWritten(name) ? Factor(name) : fallback;

    bool IsWritten(string name) => text.IsWritten(name) || root.IsWritten(name);
}
