using Llmc.Artifact;

namespace Llmc.Checkpoints.Tests;

public sealed class CheckpointTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public CheckpointTests() => File.WriteAllText(folder["config.json"], Tiny.Llama);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Opens_one_file()
    {
        Tiny.WriteTensors(folder["model.safetensors"], "a", "b");

        using var checkpoint = Checkpoint.Open(folder.Path);

        Assert.Equal(["a", "b"], checkpoint.Tensors.Keys.Order());
        Assert.Equal("llama", checkpoint.Config.ModelType);
        Assert.Equal([2], checkpoint.Generation.EosTokenIds);
    }

    [Fact]
    public void Opens_shards_as_if_they_were_one_file()
    {
        WriteShards();

        using var checkpoint = Checkpoint.Open(folder.Path);

        Assert.Equal(["a", "b", "c"], checkpoint.Tensors.Keys.Order());
        Assert.Equal(folder["two.safetensors"], checkpoint.Tensors["c"].File);
        Assert.Equal([1f, 2f], checkpoint.Tensors["c"].ToArray<float>());
    }

    [Fact]
    public void One_whole_file_counts_where_shards_stand_beside_it()
    {
        WriteShards();
        Tiny.WriteTensors(folder["model.safetensors"], "whole");

        using var checkpoint = Checkpoint.Open(folder.Path);

        Assert.Equal(["whole"], checkpoint.Tensors.Keys);
    }

    [Fact]
    public void Follows_links_as_download_caches_lay_them()
    {
        Tiny.WriteTensors(folder["blob"], "a");
        File.CreateSymbolicLink(folder["model.safetensors"], folder["blob"]);

        using var checkpoint = Checkpoint.Open(folder.Path);

        Assert.Equal([1f, 2f], checkpoint.Tensors["a"].ToArray<float>());
    }

    [Fact]
    public void Ignores_code_that_a_checkpoint_carries()
    {
        Tiny.WriteTensors(folder["model.safetensors"], "a");
        File.WriteAllText(folder["config.json"], Tiny.LlamaWith(("auto_map", """{"AutoModelForCausalLM": "modeling_evil.Evil"}""")));
        File.WriteAllText(folder["modeling_evil.py"], "raise SystemExit");

        using var checkpoint = Checkpoint.Open(folder.Path);

        Assert.Equal("llama", checkpoint.Config.ModelType);
    }

    [Fact]
    public void Refuses_a_folder_without_weights() =>
        Assert.Contains(folder.Path, Refuse(Diagnostics.WeightsMissing));

    [Fact]
    public void Refuses_a_folder_that_is_not_there() =>
        Assert.Contains("no such folder", Tiny.Refusal(Diagnostics.CheckpointUnreadable, () => Checkpoint.Open(folder["nowhere"])));

    [Fact]
    public void Refuses_a_file_in_place_of_a_folder() =>
        Assert.Contains("is a file", Tiny.Refusal(Diagnostics.CheckpointUnreadable, () => Checkpoint.Open(folder["config.json"])));

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("pytorch_model-00001-of-00002.bin")]
    [InlineData("consolidated.00.pth")]
    [InlineData("model.pt")]
    public void Refuses_pickles_and_says_why(string name)
    {
        File.WriteAllText(folder[name], "not read");

        var message = Refuse(Diagnostics.PickleRefused);

        Assert.Contains(name, message);
        Assert.Contains("runs whatever code", message);
    }

    [Fact]
    public void Refuses_a_GGUF_file_in_the_folder_and_by_name()
    {
        File.WriteAllText(folder["model-q4.gguf"], "GGUF");

        Assert.Contains("model-q4.gguf", Refuse(Diagnostics.GgufRefused));
        Tiny.Refusal(Diagnostics.GgufRefused, () => Checkpoint.Open(folder["model-q4.gguf"]));
    }

    [Fact]
    public void Reads_safetensors_where_a_pickle_stands_beside_them()
    {
        Tiny.WriteTensors(folder["model.safetensors"], "a");
        File.WriteAllText(folder["pytorch_model.bin"], "not read");

        using var checkpoint = Checkpoint.Open(folder.Path);

        Assert.Single(checkpoint.Tensors);
    }

    [Fact]
    public void Refuses_weights_without_a_config()
    {
        Tiny.WriteTensors(folder["model.safetensors"], "a");
        File.Delete(folder["config.json"]);

        Refuse(Diagnostics.ConfigMissing);
    }

    [Fact]
    public void Refuses_a_missing_shard()
    {
        WriteShards();
        File.Delete(folder["two.safetensors"]);

        Assert.Contains("shard two.safetensors is not in the folder; it should hold 1 tensors", Refuse(Diagnostics.ShardMissing));
    }

    [Fact]
    public void Refuses_a_tensor_that_is_not_in_its_shard()
    {
        WriteShards();
        Tiny.WriteTensors(folder["two.safetensors"], "d");

        Assert.Contains("tensor 'c' should stand in two.safetensors", Refuse(Diagnostics.ShardTensorMissing));
    }

    [Fact]
    public void Refuses_a_tensor_that_stands_in_two_shards()
    {
        WriteShards();
        Tiny.WriteTensors(folder["two.safetensors"], "c", "a");

        var message = Refuse(Diagnostics.TensorDuplicate);

        Assert.Contains("two.safetensors: tensor 'a' stands in one.safetensors too", message);
    }

    [Theory]
    [InlineData("\"../one.safetensors\"")]
    [InlineData("\"/etc/one.safetensors\"")]
    [InlineData("\"sub/one.safetensors\"")]
    [InlineData("\"..\\\\one.safetensors\"")]
    [InlineData("\"C:one.safetensors\"")]
    [InlineData("\"pytorch_model.bin\"")]
    [InlineData("\"one.safetensors\\u0000\"")]
    [InlineData("\"\"")]
    [InlineData("1")]
    public void Refuses_shards_by_any_name_but_that_of_a_safetensors_file_beside_the_index(string shard)
    {
        WriteShards();
        WriteIndex($$$"""{"weight_map": {"a": {{{shard}}}}}""");

        Assert.Contains("tensor 'a'", Refuse(Diagnostics.ShardName));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"weight_map": []}""")]
    [InlineData("""{"weight_map": {}}""")]
    [InlineData("""{"weight_map": {"a": "one.safetensors", "a": "two.safetensors"}}""")]
    [InlineData("""{"weight_map": {"a": "\ud800.safetensors"}}""")]
    public void Refuses_an_index_without_a_weight_map(string index)
    {
        WriteShards();
        WriteIndex(index);

        Assert.Contains("model.safetensors.index.json", Refuse(Diagnostics.IndexContent));
    }

    [Fact]
    public void Rows_that_the_compiler_throws_name_file_tensor_expected_and_found()
    {
        Assert.Equal("LLMC0103: two.safetensors: tensor 'up_proj.weight' should be [14336, 4096] but is [14336, 4095].",
            Diagnostics.TensorShape.With("two.safetensors", "up_proj.weight", "[14336, 4096]", "[14336, 4095]").Message);
        Assert.Equal("LLMC0104: m: the model needs tensors that the checkpoint lacks: 'a'. Tensors that nothing uses: 'b'.",
            Diagnostics.TensorsMissing.With("m", "'a'", "'b'").Message);
        Assert.Equal("LLMC0105: m: the checkpoint has tensors that nothing uses: 'b'. Tensors that the model needs and lacks: none.",
            Diagnostics.TensorsLeftOver.With("m", "'b'", "none").Message);
    }

    void WriteShards()
    {
        Tiny.WriteTensors(folder["one.safetensors"], "a", "b");
        Tiny.WriteTensors(folder["two.safetensors"], "c");
        WriteIndex("""{"metadata": {"total_size": 24}, "weight_map": {"c": "two.safetensors", "a": "one.safetensors", "b": "one.safetensors"}}""");
    }

    void WriteIndex(string json) => File.WriteAllText(folder["model.safetensors.index.json"], json);

    string Refuse(Diagnostic expected) => Tiny.Refusal(expected, () => Checkpoint.Open(folder.Path));
}
