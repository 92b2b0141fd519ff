using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Graph;
using Llmc.Models;

namespace Llmc.Compiler.Tests;

/// <summary>What families make of a config, beyond what the small checkpoints show.</summary>
public class FamilyTests
{
    [Fact]
    public void An_unknown_architecture_is_refused_with_the_list_of_known_ones()
    {
        var refusal = Assert.Throws<LlmcException>(() => Build("llama", c => c with { Architectures = ["LlaMoEForCausalLM"] }));
        Assert.Equal(
            $"LLMC0230: {Path.Combine("models", "llama", "config.json")}: the architecture 'LlaMoEForCausalLM' is not known; known are "
            + $"{string.Join(", ", Registry.Architectures)}.", refusal.Message);
    }

    [Fact]
    public void A_config_without_architectures_is_refused() =>
        Assert.Equal("LLMC0230", Assert.Throws<LlmcException>(() => Build("llama", c => c with { Architectures = [] })).Diagnostic.Id);

    [Fact]
    public void A_rope_scaling_that_is_not_built_is_refused()
    {
        var refusal = Assert.Throws<LlmcException>(() => Build("llama", c => c with { Rope = c.Rope! with { Type = RopeType.Yarn } }));
        Assert.StartsWith("LLMC0231: config.json: rotary embeddings of type 'yarn' are not built", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Experts_that_the_config_does_not_describe_are_refused()
    {
        var refusal = Assert.Throws<LlmcException>(() => Build("llama", c => c with { Architectures = ["MixtralForCausalLM"] }));
        Assert.StartsWith("LLMC0232: config.json: the architecture 'MixtralForCausalLM' has experts, but a config of model_type 'llama'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Linear_scaling_divides_every_frequency()
    {
        var plain = Frequencies(Build("llama", c => c));
        var scaled = Frequencies(Build("llama", c => c with { Rope = c.Rope! with { Type = RopeType.Linear, Factor = 4 } }));
        Assert.Equal(plain.Select(f => f / 4), scaled);
    }

    [Fact]
    public void Frequencies_fall_from_1_by_equal_ratios() =>
        Assert.Equal([1f, 0.1f, 0.01f, 0.001f], Frequencies(Build("llama", c => c with { HeadDim = 8 })).Select(f => MathF.Round(f, 6)));

    [Fact]
    public void Only_sliding_layers_have_a_window()
    {
        var graph = Build("qwen2", c => c with { LayerTypes = [LayerType.Full, LayerType.Sliding, LayerType.Full], SlidingWindow = 8 });
        Assert.Equal([0, 8, 0], graph.Nodes.Select(n => n.Op).OfType<AttentionOp>().Select(op => op.Window));
    }

    [Fact]
    public void Layers_without_experts_have_a_dense_mlp()
    {
        var graph = Build("qwen3-moe", c => c with { Moe = c.Moe! with { SparseStep = 2, DenseLayers = [] } });
        Assert.Equal([1], graph.Nodes.Where(n => n.Op is ExpertsOp).Select(n => n.Layer!.Value));
        Assert.Equal([0, 2], graph.Nodes.Where(n => n.Op is GatedOp).Select(n => n.Layer!.Value));
    }

    [Fact]
    public void Chosen_shares_are_normalized_where_the_config_says_so()
    {
        Assert.True(Router(normalize: true).Normalize);
        Assert.False(Router(normalize: false).Normalize);

        RouteOp Router(bool normalize) =>
            Build("qwen3-moe", c => c with { Moe = c.Moe! with { NormalizeTopK = normalize } }).Nodes.Select(n => n.Op).OfType<RouteOp>().First();
    }

    static IReadOnlyList<float> Frequencies(ModelGraph graph) => graph.Nodes.Single(n => n.Op is RotaryTableOp).Weights[0].Weight.Constant!;

    static ModelGraph Build(string model, Func<ModelConfig, ModelConfig> change) =>
        Registry.Build(change(ModelConfig.Read(Repository.PathOf("tests", "goldens", "models", model))), Path.Combine("models", model), DType.F32);
}
