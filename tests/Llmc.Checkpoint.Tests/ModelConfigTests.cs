namespace Llmc.Checkpoints.Tests;

public sealed class ModelConfigTests
{
    [Fact]
    public void Reads_the_sizes_of_a_llama()
    {
        var config = Tiny.Read(Tiny.Llama);

        Assert.Equal(("llama", 8, 12, 2, 10, 64),
            (config.ModelType, config.HiddenSize, config.IntermediateSize, config.NumLayers, config.VocabSize, config.MaxPositions));
        Assert.Equal((2, 1, 4), (config.NumQueryHeads, config.NumKvHeads, config.HeadDim));
        Assert.Equal((1e-5, Activation.Silu, false), (config.NormEpsilon, config.Activation, config.TieWordEmbeddings));
        Assert.Equal((1, 2), (config.BosTokenId, Assert.Single(config.EosTokenIds)));
        Assert.Equal(["LlamaForCausalLM"], config.Architectures);
        Assert.Null(config.Moe ?? (object?)config.Mla ?? config.Quantization);
    }

    [Fact]
    public void Both_generations_spell_the_same_rope()
    {
        const string scaling = """
            "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 16
            """;
        string[] spellings =
        [
            Tiny.LlamaWith(("rope_theta", "5e5"), ("rope_scaling", $$"""{"rope_type": "llama3", {{scaling}}}""")),
            Tiny.LlamaWith(("rope_theta", "5e5"), ("rope_scaling", $$"""{"type": "llama3", {{scaling}}}""")),
            Tiny.LlamaWith(("rope_parameters", $$"""{"rope_type": "llama3", "rope_theta": 5e5, {{scaling}}}""")),
        ];

        Assert.All(spellings, spelling =>
        {
            var rope = Tiny.Read(spelling).Rope!;
            Assert.Equal((RopeType.Llama3, 5e5, 8, 1, 4, 16),
                (rope.Type, rope.Theta, rope.Factor, rope.LowFrequencyFactor, rope.HighFrequencyFactor, rope.OriginalMaxPositions));
        });
    }

    [Theory]
    [InlineData("dtype")]
    [InlineData("torch_dtype")]
    public void Both_generations_spell_the_same_dtype(string name) =>
        Assert.Equal(Artifact.DType.BF16, Tiny.Read(Tiny.LlamaWith((name, "\"bfloat16\""))).DType);

    [Fact]
    public void A_rope_without_scaling_has_the_theta_of_the_file_or_of_the_family()
    {
        Assert.Equal(10_000, Tiny.Read(Tiny.Llama).Rope!.Theta);
        Assert.Equal(77, Tiny.Read(Tiny.LlamaWith(("rope_theta", "77"), ("rope_scaling", "null"))).Rope!.Theta);
        Assert.Equal(1e6, Tiny.Read(Tiny.LlamaWith(("model_type", "\"mixtral\""))).Rope!.Theta);
    }

    [Fact]
    public void Yarn_keeps_its_own_parameters()
    {
        var rope = Tiny.Read(Tiny.LlamaWith(("rope_parameters",
            """{"rope_type": "yarn", "rope_theta": 1e4, "factor": 40, "beta_fast": 31, "mscale": 1, "mscale_all_dim": 0.5, "truncate": false}"""))).Rope!;

        Assert.Equal((RopeType.Yarn, 40, 31, 1, 1.0, 0.5, false, 64),
            (rope.Type, rope.Factor, rope.BetaFast, rope.BetaSlow, rope.Mscale, rope.MscaleAllDim, rope.Truncate, rope.OriginalMaxPositions));
    }

    [Fact]
    public void Longrope_has_a_factor_a_pair_and_its_ratio_from_the_lengths()
    {
        var rope = Tiny.Read(Tiny.LlamaWith(("model_type", "\"phi3\""), ("original_max_position_embeddings", "16"),
            ("rope_scaling", """{"type": "su", "short_factor": [1, 1.5], "long_factor": [2, 3]}"""))).Rope!;

        Assert.Equal((RopeType.LongRope, 4, 16), (rope.Type, rope.Factor, rope.OriginalMaxPositions));
        Assert.Equal([1, 1.5], rope.ShortFactors);
        Assert.Equal([2, 3], rope.LongFactors);
    }

    [Theory]
    [InlineData("""{"full_attention": {"rope_theta": 1e6, "rope_type": "linear", "factor": 8}, "sliding_attention": {"rope_theta": 1e4}}""", null, null)]
    [InlineData(null, "1e4", """{"rope_type": "linear", "factor": 8}""")]
    public void Gemma3_rotates_full_and_sliding_layers_apart(string? parameters, string? localTheta, string? scaling)
    {
        var config = Tiny.Read(Tiny.LlamaWith(("model_type", "\"gemma3_text\""), ("rope_parameters", parameters),
            ("rope_local_base_freq", localTheta), ("rope_scaling", scaling)));

        Assert.Equal((RopeType.Linear, 1e6, 8), (config.Rope!.Type, config.Rope.Theta, config.Rope.Factor));
        Assert.Equal((RopeType.Default, 1e4, 1), (config.SlidingRope!.Type, config.SlidingRope.Theta, config.SlidingRope.Factor));
    }

    [Fact]
    public void The_text_part_of_a_multi_modal_file_is_followed_and_its_silence_filled()
    {
        var config = Tiny.Read("""
            {"model_type": "gemma3", "architectures": ["Gemma3ForConditionalGeneration"], "eos_token_id": [1, 106], "torch_dtype": "bfloat16",
             "text_config": {"model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34,
                             "sliding_window": 1024, "rope_scaling": {"factor": 8.0, "rope_type": "linear"}},
             "vision_config": {"hidden_size": 1152}}
            """);

        Assert.Equal(("gemma3_text", 2560, 262208), (config.ModelType, config.HiddenSize, config.VocabSize));
        Assert.Equal((8, 4, 256), (config.NumQueryHeads, config.NumKvHeads, config.HeadDim));
        Assert.Equal([1, 106], config.EosTokenIds);
        Assert.Equal(Artifact.DType.BF16, config.DType);
        Assert.True(config.TieWordEmbeddings);
        Assert.Equal(29, config.LayerTypes.Count(type => type == LayerType.Sliding));
    }

    [Fact]
    public void Gpt2_has_spellings_of_its_own_and_no_rope()
    {
        var config = Tiny.Read("""
            {"model_type": "gpt2", "n_embd": 8, "n_head": 2, "n_layer": 3, "n_inner": null, "n_positions": 16, "vocab_size": 10,
             "activation_function": "gelu_new", "layer_norm_epsilon": 1e-4}
            """);

        Assert.Equal((8, 32, 3, 16), (config.HiddenSize, config.IntermediateSize, config.NumLayers, config.MaxPositions));
        Assert.Equal((2, 2, 4), (config.NumQueryHeads, config.NumKvHeads, config.HeadDim));
        Assert.Equal((Activation.GeluTanh, 1e-4, true), (config.Activation, config.NormEpsilon, config.TieWordEmbeddings));
        Assert.Null(config.Rope);
    }

    [Fact]
    public void An_unknown_family_is_read_too()
    {
        var config = Tiny.Read(Tiny.LlamaWith(("model_type", "\"of_tomorrow\"")));

        Assert.Equal(("of_tomorrow", 8), (config.ModelType, config.HiddenSize));
    }

    [Theory]
    [InlineData("mistral", null, 8)]
    [InlineData("mistral", "null", 2)]
    [InlineData("llama", null, 2)]
    [InlineData("gpt_neox", "1", 2)]
    public void Kv_heads_are_the_files_or_the_familys(string modelType, string? written, int expected)
    {
        var queryHeads = expected == 8 ? "8" : "2";

        Assert.Equal(expected, Tiny.Read(Tiny.LlamaWith(("model_type", $"\"{modelType}\""), ("hidden_size", "64"),
            ("num_attention_heads", queryHeads), ("num_key_value_heads", written))).NumKvHeads);
    }

    [Fact]
    public void Granites_multipliers_and_gemma2s_caps_are_read()
    {
        var granite = Tiny.Read(Tiny.LlamaWith(("model_type", "\"granite\""), ("embedding_multiplier", "12"),
            ("residual_multiplier", "0.22"), ("attention_multiplier", "0.015625"), ("logits_scaling", "8")));
        var gemma2 = Tiny.Read(Tiny.LlamaWith(("model_type", "\"gemma2\""), ("final_logit_softcapping", "null")));

        Assert.Equal((12, 0.22), (granite.EmbeddingMultiplier, granite.ResidualMultiplier));
        Assert.Equal((0.015625, 8), (granite.AttentionMultiplier, granite.LogitDivisor));
        Assert.Equal((50.0, null, 256.0), (gemma2.AttentionSoftCap, gemma2.LogitSoftCap, gemma2.QueryScalar));
    }

    [Fact]
    public void Old_files_that_write_minus_one_for_no_padding_have_none() =>
        Assert.Null(Tiny.Read(Tiny.LlamaWith(("pad_token_id", "-1"))).PadTokenId);
}
