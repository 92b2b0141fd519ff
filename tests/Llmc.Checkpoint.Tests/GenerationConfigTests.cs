using Llmc.Artifact;

namespace Llmc.Checkpoints.Tests;

public sealed class GenerationConfigTests
{
    [Fact]
    public void An_absent_file_says_nothing_but_the_ids_of_the_model()
    {
        var read = Read(null);

        Assert.Equal((null, null, null), (read.DoSample, read.Temperature, read.TopK));
        Assert.Equal((1, 2), (read.BosTokenId, Assert.Single(read.EosTokenIds)));
    }

    [Fact]
    public void Reads_what_samplers_need()
    {
        var read = Read("""
            {"do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "min_p": 0.05, "repetition_penalty": 1.05,
             "max_new_tokens": 2048, "bos_token_id": 7, "eos_token_id": [8, 9], "pad_token_id": 3, "stop_strings": ["###"],
             "transformers_version": "5.12.1"}
            """);

        Assert.Equal((true, 0.6, 20, 0.95, 0.05, 1.05, 2048),
            (read.DoSample, read.Temperature, read.TopK, read.TopP, read.MinP, read.RepetitionPenalty, read.MaxNewTokens));
        Assert.Equal((7, 3), (read.BosTokenId, read.PadTokenId));
        Assert.Equal([8, 9], read.EosTokenIds);
        Assert.Equal(["###"], read.StopStrings);
    }

    [Fact]
    public void One_end_of_sequence_id_may_stand_without_brackets() =>
        Assert.Equal([5], Read("""{"eos_token_id": 5}""").EosTokenIds);

    [Theory]
    [InlineData("temperature", "-0.1")]
    [InlineData("top_k", "-1")]
    [InlineData("top_p", "0")]
    [InlineData("top_p", "1.01")]
    [InlineData("min_p", "2")]
    [InlineData("repetition_penalty", "0")]
    [InlineData("max_new_tokens", "0")]
    [InlineData("eos_token_id", "-1")]
    public void Refuses_what_no_sampler_could_do(string name, string json)
    {
        var message = Tiny.Refusal(Diagnostics.ConfigFieldRange, () => Read($$"""{"{{name}}": {{json}}}"""));

        Assert.Contains($"generation_config.json: '{name}'", message);
        Assert.Contains($"but is {json}", message);
    }

    static GenerationConfig Read(string? json)
    {
        using var folder = new TemporaryFolder();
        if (json is not null) File.WriteAllText(folder["generation_config.json"], json);
        return GenerationConfig.Read(folder.Path, Tiny.Read(Tiny.Llama));
    }
}
