namespace Llmc.Checkpoints.Tests;

public sealed class LayerTypeTests
{
    // S a sliding layer, F a full one; the tiny model has four layers here.
    [Theory]
    [InlineData("llama", "FFFF")]
    [InlineData("mistral", "SSSS")]
    [InlineData("gemma2", "SFSF")]
    [InlineData("gemma3_text", "SSSS")]
    [InlineData("cohere2", "SSSF")]
    [InlineData("exaone4", "SSSF")]
    [InlineData("gpt_oss", "SFSF")]
    [InlineData("qwen2", "FFFF")]
    public void A_family_slides_by_its_own_pattern(string modelType, string expected) =>
        Assert.Equal(expected, Text(Read(modelType, ("sliding_window", "8"), ("use_sliding_window", "false"))));

    [Theory]
    [InlineData("qwen2", "FFSS")]
    [InlineData("qwen3", "FFSS")]
    [InlineData("qwen2_moe", "SFFF")]
    [InlineData("qwen3_moe", "SSSS")]
    public void Qwens_slide_only_where_the_switch_is_on(string modelType, string expected)
    {
        var on = Read(modelType, ("sliding_window", "8"), ("use_sliding_window", "true"), ("max_window_layers", "2"));
        var off = Read(modelType, ("sliding_window", "8"), ("use_sliding_window", "false"), ("max_window_layers", "2"));

        Assert.Equal((expected, 8), (Text(on), on.SlidingWindow));
        Assert.Equal(("FFFF", null), (Text(off), off.SlidingWindow));
    }

    [Fact]
    public void A_window_of_null_is_none_and_an_unwritten_one_the_familys()
    {
        Assert.Equal(("FFFF", null), (Text(Read("mistral", ("sliding_window", "null"))), Read("mistral", ("sliding_window", "null")).SlidingWindow));
        Assert.Equal(("SSSS", 4096), (Text(Read("mistral")), Read("mistral").SlidingWindow));
    }

    [Fact]
    public void The_file_decides_where_it_lists_the_layers() =>
        Assert.Equal("FSFS", Text(Read("gemma2", ("layer_types",
            """["full_attention", "sliding_attention", "full_attention", "sliding_attention"]"""))));

    [Fact]
    public void Smollm3_leaves_every_nth_layer_unrotated()
    {
        Assert.Equal([true, true, true, false], Read("smollm3").RotatedLayers);
        Assert.Equal([true, false, true, false], Read("smollm3", ("no_rope_layer_interval", "2")).RotatedLayers);
        Assert.Equal([false, true, true, true], Read("smollm3", ("no_rope_layers", "[0, 1, 1, 1]")).RotatedLayers);
        Assert.DoesNotContain(false, Read("llama").RotatedLayers);
    }

    static ModelConfig Read(string modelType, params (string, string?)[] changes) => Tiny.Read(Tiny.LlamaWith(
    [
        ("model_type", $"\"{modelType}\""), ("num_hidden_layers", "4"),
        ("rope_scaling", modelType == "gpt_oss" ? """{"rope_type": "yarn", "factor": 32}""" : null), .. changes,
    ]));

    static string Text(ModelConfig config) => string.Concat(config.LayerTypes.Select(type => type.ToString()[0]));
}
