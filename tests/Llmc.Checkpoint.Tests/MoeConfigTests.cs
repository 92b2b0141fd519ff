namespace Llmc.Checkpoints.Tests;

public sealed class MoeConfigTests
{
    [Theory]
    [InlineData("mixtral", "num_local_experts")]
    [InlineData("qwen3_moe", "num_experts")]
    [InlineData("qwen3_moe", "num_local_experts")]
    [InlineData("deepseek_v3", "n_routed_experts")]
    public void The_number_of_experts_has_several_spellings(string modelType, string name) =>
        Assert.Equal(16, Read(modelType, (name, "16"), ("num_experts_per_tok", "2")).Moe!.NumExperts);

    [Fact]
    public void Mixtrals_experts_are_as_wide_as_a_dense_MLP()
    {
        var moe = Read("mixtral").Moe!;

        Assert.Equal((8, 2, true), (moe.NumExperts, moe.ExpertsPerToken, moe.NormalizeTopK));
        Assert.Equal((12, 0), (moe.ExpertIntermediateSize, moe.SharedIntermediateSize));
        Assert.All([0, 1], layer => Assert.True(moe.HasExperts(layer)));
    }

    [Fact]
    public void Shared_experts_are_given_by_width_or_by_number()
    {
        Assert.Equal(80, Read("qwen2_moe", ("shared_expert_intermediate_size", "80")).Moe!.SharedIntermediateSize);
        Assert.Equal(96, Read("deepseek_v3", ("n_shared_experts", "2"), ("moe_intermediate_size", "48")).Moe!.SharedIntermediateSize);
        Assert.Equal(2048, Read("deepseek_v3").Moe!.SharedIntermediateSize);
        Assert.Equal(0, Read("qwen3_moe").Moe!.SharedIntermediateSize);
    }

    [Fact]
    public void Deepseek_chooses_within_groups()
    {
        var v2 = Read("deepseek_v2", ("topk_method", "\"group_limited_greedy\""), ("n_group", "4"), ("topk_group", "2"),
            ("num_experts_per_tok", "2")).Moe!;
        var v3 = Read("deepseek_v3").Moe!;

        Assert.Equal((RouterScoring.Softmax, RouterSelection.GroupLimited), (v2.Scoring, v2.Selection));
        Assert.Equal((4, 2, 1), (v2.NumGroups, v2.GroupsPerToken, v2.RoutedScalingFactor));
        Assert.Equal((RouterScoring.Sigmoid, RouterSelection.BiasCorrected), (v3.Scoring, v3.Selection));
        Assert.Equal((8, 4, 2.5), (v3.NumGroups, v3.GroupsPerToken, v3.RoutedScalingFactor));
    }

    // x a layer with experts, of four.
    [Theory]
    [InlineData("deepseek_v3", "first_k_dense_replace", "1", ".xxx")]
    [InlineData("qwen3_moe", "decoder_sparse_step", "2", ".x.x")]
    [InlineData("qwen3_moe", "mlp_only_layers", "[0, 3]", ".xx.")]
    public void Some_layers_keep_a_dense_MLP(string modelType, string name, string json, string expected)
    {
        var moe = Read(modelType, ("num_hidden_layers", "4"), (name, json)).Moe!;

        Assert.Equal(expected, string.Concat(Enumerable.Range(0, 4).Select(layer => moe.HasExperts(layer) ? 'x' : '.')));
    }

    [Fact]
    public void Latent_attention_rotates_its_rope_part_only()
    {
        var lite = Read("deepseek_v2", ("q_lora_rank", "null"), ("kv_lora_rank", "32"), ("qk_rope_head_dim", "16"),
            ("qk_nope_head_dim", "24"), ("v_head_dim", "20"), ("num_experts_per_tok", "2"));

        Assert.Equal(new MlaConfig(null, 32, 16, 24, 20), lite.Mla);
        Assert.Equal(16, lite.HeadDim);
        Assert.Equal(1536, Read("deepseek_v3").Mla!.QueryRank);
        Assert.True(Read("deepseek_v3").Rope!.Interleaved);
    }

    static ModelConfig Read(string modelType, params (string, string?)[] changes) =>
        Tiny.Read(Tiny.LlamaWith([("model_type", $"\"{modelType}\""), ("num_attention_heads", "4"), ("num_key_value_heads", "4"), .. changes]));
}
