using Llmc.Artifact;
using Llmc.Graph;
using Rule = Llmc.Graph.Shard;
using Shard = Llmc.Compiler.Passes.Shard;

namespace Llmc.Compiler.Tests;

/// <summary>Plans that do not suit a model say why.</summary>
public class PlanRulesTests
{
    [Theory]
    [InlineData("llama", 0, 1, "LLMC0301: tp must be 1 or more, but is 0")]
    [InlineData("mixtral", 1, -2, "LLMC0301: ep must be 1 or more, but is -2")]
    [InlineData("mixtral", 2, 3, "LLMC0302: tp 2 and ep 3: one must be a multiple of the other")]
    [InlineData("llama", 5, 1, "LLMC0303: tp 5 divides the model's 'heads' among 5 ranks, but there are only 4")]
    [InlineData("mixtral", 1, 8, "LLMC0303: ep 8 divides the model's 'experts' among 8 ranks, but there are only 4")]
    [InlineData("llama", 2, 2, "LLMC0304: ep 2 divides experts, but the model is dense and has none")]
    public void A_plan_that_does_not_suit_the_model_is_refused_with_the_reason(string name, int tp, int ep, string message)
    {
        using var model = new GoldenModel(name);
        Assert.Equal(message, Assert.Throws<LlmcException>(() => Shard.Run(model.Graph, new(tp, ep))).Message);
    }

    [Theory]
    [InlineData("vocab")]
    [InlineData("ffn")]
    public void A_dimension_smaller_than_the_ranks_is_refused(string dimension)
    {
        var graph = new GraphBuilder(DType.F32);
        var table = new Weight("table", 2, 4, new Rule(Rows: new(dimension, 2)), []);
        var model = graph.Build("small", graph.SelectRows(graph.Embedding(table)));
        var refusal = Assert.Throws<LlmcException>(() => Shard.Run(model, new(Tp: 3)));
        Assert.Equal($"LLMC0303: tp 3 divides the model's '{dimension}' among 3 ranks, but there are only 2", refusal.Message);
    }

    [Fact]
    public void A_norm_over_divided_heads_is_refused()
    {
        var graph = new GraphBuilder(DType.F32).In("layers.0.self_attn");
        var heads = new Axis("heads", 2, Unit: 4);
        var q = graph.Linear(graph.Embedding(new("table", 9, 8, Rule.Replicate, [])), new("q", 8, 8, new Rule(heads), []));
        var model = graph.Build("small", graph.SelectRows(graph.Norm(q, NormKind.Rms, 0f, new("norm", 8, 1, new Rule(heads), []))));
        var refusal = Assert.Throws<LlmcException>(() => Shard.Run(model, new(Tp: 2)));
        Assert.Equal("LLMC0305: layers.0.self_attn: a norm over all 'heads' of a token does not fit tp 2, which divides them among ranks", refusal.Message);
    }
}
