using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Graph;
using Llmc.Models;
using Shard = Llmc.Compiler.Passes.Shard;

namespace Llmc.Compiler.Tests;

/// <summary>The printed forms, as people read them.</summary>
public class FormTests
{
    [Fact]
    public void The_model_graph_of_kjv_llama_reads_well() => Golden.Matches("forms/kjv-llama.model.txt", Kjv().ToText());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_rank_graphs_of_kjv_llama_at_tp_2_read_well(int rank) =>
        Golden.Matches($"forms/kjv-llama.tp2.rank{rank}.txt", Shard.Run(Kjv(), new(Tp: 2))[rank].ToText());

    [Fact]
    public void The_model_graph_of_a_mixture_of_experts_reads_well() => Golden.Matches("forms/qwen3-moe.model.txt", QwenMoe().ToText());

    [Fact]
    public void The_rank_graph_of_a_mixture_of_experts_at_tp_4_and_ep_2_reads_well() =>
        Golden.Matches("forms/qwen3-moe.tp4-ep2.rank3.txt", Shard.Run(QwenMoe(), new(Tp: 4, Ep: 2))[3].ToText());

    static ModelGraph Kjv() => Model(Repository.PathOf("examples", "kjv-llama"));

    static ModelGraph QwenMoe() => Model(Repository.PathOf("tests", "goldens", "models", "qwen3-moe"));

    static ModelGraph Model(string folder) => Registry.Build(ModelConfig.Read(folder), folder, DType.BF16);
}
