using Llmc.Artifact;

namespace Llmc.Checkpoints.Tests;

/// <summary>The small checkpoints that transformers itself wrote.</summary>
public sealed class GoldenModelTests
{
    public static TheoryData<string> Names =>
        [.. Directory.GetDirectories(Repository.PathOf("tests", "goldens", "models")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Opens_and_its_tensors_have_the_sizes_of_its_config(string name)
    {
        using var checkpoint = Checkpoint.Open(Repository.PathOf("tests", "goldens", "models", name));
        var config = checkpoint.Config;

        Assert.Equal([config.VocabSize, config.HiddenSize], checkpoint.Tensors["model.embed_tokens.weight"].Shape);
        Assert.Equal([config.NumQueryHeads * config.HeadDim, config.HiddenSize], checkpoint.Tensors["model.layers.0.self_attn.q_proj.weight"].Shape);
        Assert.Equal([config.NumKvHeads * config.HeadDim, config.HiddenSize], checkpoint.Tensors["model.layers.0.self_attn.k_proj.weight"].Shape);
        Assert.Equal(config.AttentionBias, checkpoint.Tensors.ContainsKey("model.layers.0.self_attn.q_proj.bias"));
        Assert.Equal(config.MlpBias, checkpoint.Tensors.ContainsKey("model.layers.0.mlp.up_proj.bias"));
        Assert.Equal(config.TieWordEmbeddings, !checkpoint.Tensors.ContainsKey("lm_head.weight"));
        Assert.Equal(config.NumLayers, checkpoint.Tensors.Keys.Count(tensor => tensor.EndsWith("input_layernorm.weight", StringComparison.Ordinal)));
        Assert.Equal(config.Moe is not null, checkpoint.Tensors.Keys.Any(tensor => tensor.Contains("experts", StringComparison.Ordinal)));
        Assert.All(checkpoint.Tensors.Values, tensor => Assert.Equal(DType.BF16, tensor.DType));
    }

    [Fact]
    public void Reads_the_logits_beside_a_model()
    {
        using var golden = SafetensorsFile.Open(Repository.PathOf("tests", "goldens", "models", "llama", "golden.safetensors"));

        Assert.Equal((DType.I64, DType.F32), (golden.Tensors["input_ids"].DType, golden.Tensors["logits"].DType));
        Assert.Equal([2, 24, 320], golden.Tensors["logits"].Shape);
        Assert.All(golden.Tensors["input_ids"].ToArray<long>(), id => Assert.InRange(id, 0, 319));
    }
}
