using Llmc.Artifact;

namespace Llmc.Checkpoints.Tests;

/// <summary>The small checkpoints that transformers itself wrote.</summary>
public sealed class GoldenModelTests
{
    static readonly string Folder = Repository.PathOf("tests", "goldens", "models");

    public static TheoryData<string> Names =>
        [.. new DirectoryInfo(Folder).EnumerateDirectories().Select(folder => folder.Name).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Opens_and_its_tensors_have_the_sizes_of_its_config(string name)
    {
        using var checkpoint = Checkpoint.Open(Path.Combine(Folder, name));
        var (config, tensors) = (checkpoint.Config, checkpoint.Tensors);
        const string attention = "model.layers.0.self_attn.";

        Assert.Equal([config.VocabSize, config.HiddenSize], tensors["model.embed_tokens.weight"].Shape);
        Assert.Equal([config.NumQueryHeads * config.HeadDim, config.HiddenSize], tensors[attention + "q_proj.weight"].Shape);
        Assert.Equal([config.NumKvHeads * config.HeadDim, config.HiddenSize], tensors[attention + "k_proj.weight"].Shape);
        Assert.Equal(config.AttentionBias, tensors.ContainsKey(attention + "q_proj.bias"));
        Assert.Equal(config.MlpBias, tensors.ContainsKey("model.layers.0.mlp.up_proj.bias"));
        Assert.Equal(config.TieWordEmbeddings, !tensors.ContainsKey("lm_head.weight"));
        Assert.Equal(config.NumLayers, tensors.Keys.Count(tensor => tensor.Contains("input_layernorm", StringComparison.Ordinal)));
        Assert.Equal(config.Moe is not null, tensors.Keys.Any(tensor => tensor.Contains("experts", StringComparison.Ordinal)));
        Assert.All(tensors.Values, tensor => Assert.Equal(DType.BF16, tensor.DType));
    }

    [Fact]
    public void Reads_the_logits_beside_a_model()
    {
        using var golden = SafetensorsFile.Open(Path.Combine(Folder, "llama", "golden.safetensors"));

        Assert.Equal((DType.I64, DType.F32), (golden.Tensors["input_ids"].DType, golden.Tensors["logits"].DType));
        Assert.Equal([2, 24, 320], golden.Tensors["logits"].Shape);
        Assert.All(golden.Tensors["input_ids"].ToArray<long>(), id => Assert.InRange(id, 0, 319));
    }
}
