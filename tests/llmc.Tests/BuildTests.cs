using System.Text.Json;

namespace Llmc.CommandLine.Tests;

public class BuildTests : IDisposable
{
    static readonly string Checkpoint = Repository.PathOf("examples", "kjv-draft");
    readonly TemporaryFolder _folder = new();

    [Fact]
    public void Builds_and_answers()
    {
        var built = Program.Run(["build", Checkpoint, "--tp", "2", "-o", _folder["engine"], "--json"]);
        Assert.Equal(0, built.ExitCode);
        using var result = JsonDocument.Parse(built.Output);
        Assert.Equal(2, result.RootElement.GetProperty("ranks").GetInt32());
        var answered = Program.Run(["run", _folder["engine"], "In the beginning", "--temperature", "0", "--max-tokens", "5", "--ignore-eos", "--json"]);
        Assert.Equal(0, answered.ExitCode);
        using var answer = JsonDocument.Parse(answered.Output);
        Assert.Equal(5, answer.RootElement.GetProperty("completion_tokens").GetInt32());
        Assert.Equal("length", answer.RootElement.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public void Refuses_an_engine_that_stands_there_and_replaces_it_when_forced()
    {
        Assert.Equal(0, Program.Run(["build", Checkpoint, "-o", _folder["engine"]]).ExitCode);
        AssertRefused("LLMC0801", Program.Run(["build", Checkpoint, "-o", _folder["engine"]]));
        Assert.Equal(0, Program.Run(["build", Checkpoint, "-o", _folder["engine"], "--force"]).ExitCode);
    }

    [Fact]
    public void Never_replaces_a_folder_that_is_no_engine()
    {
        Directory.CreateDirectory(_folder["engine"]);
        File.WriteAllText(Path.Combine(_folder["engine"], "thesis.txt"), "years of work");
        AssertRefused("LLMC0801", Program.Run(["build", Checkpoint, "-o", _folder["engine"], "--force"]));
        Assert.Equal("years of work", File.ReadAllText(Path.Combine(_folder["engine"], "thesis.txt")));
    }

    [Fact]
    public void Refuses_an_output_that_cannot_be_written()
    {
        File.WriteAllText(_folder["file"], "");
        AssertRefused("LLMC0802", Program.Run(["build", Checkpoint, "-o", Path.Combine(_folder["file"], "engine")]));
    }

    [Fact]
    public void A_disk_that_fills_up_leaves_nothing_behind()
    {
        // no file may grow beyond 500 blocks of 1 KiB: the weights do not fit
        var result = Program.RunAfter("trap '' XFSZ; ulimit -f 500", "build", Checkpoint, "-o", _folder["engine"]);
        AssertRefused("LLMC0802", result);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_killed_build_leaves_no_engine_and_the_next_one_works()
    {
        using (var killed = Program.StartLlmc("build", Checkpoint, "-o", _folder["engine"]))
        {
            while (!killed.HasExited && !Directory.EnumerateDirectories(_folder.Path, ".engine.*").Any()) Thread.Sleep(1);
            killed.Kill();
            killed.WaitForExit();
        }
        if (Directory.Exists(_folder["engine"])) Directory.Delete(_folder["engine"], recursive: true);   // it was quicker than we
        Assert.Equal(0, Program.Run(["build", Checkpoint, "-o", _folder["engine"]]).ExitCode);
        Assert.Equal(["engine"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Refuses_a_broken_tokenizer_before_anything_is_built()
    {
        var checkpoint = Copy(Checkpoint);
        File.WriteAllText(Path.Combine(checkpoint, "tokenizer.json"), "{\"model\": {\"type\": \"BPE\"");
        var result = Program.Run(["build", checkpoint, "-o", _folder["engine"]]);
        AssertRefused("LLMC06", result);
        Assert.Contains("tokenizer.json", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["engine"]));
    }

    [Fact]
    public void Refuses_a_truncated_checkpoint()
    {
        var checkpoint = Copy(Checkpoint);
        using (var weights = File.OpenWrite(Path.Combine(checkpoint, "model.safetensors"))) weights.SetLength(weights.Length - 100);
        var result = Program.Run(["build", checkpoint, "-o", _folder["engine"]]);
        AssertRefused("LLMC01", result);
        Assert.Contains("model.safetensors", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LLMC0403", "--max-seq-len", "100000")]
    [InlineData("LLMC0404", "--kv-cache-tokens", "16")]
    [InlineData("LLMC0303", "--tp", "64")]
    public void Refuses_options_that_do_not_suit_the_model(string id, string option, string value) =>
        AssertRefused(id, Program.Run(["build", Checkpoint, "-o", _folder["engine"], option, value]));

    [Fact]
    public void Refuses_a_quantized_checkpoint()
    {
        var checkpoint = Copy(Checkpoint);
        var config = File.ReadAllText(Path.Combine(checkpoint, "config.json"));
        File.WriteAllText(
            Path.Combine(checkpoint, "config.json"),
            config.Insert(config.IndexOf('{') + 1, "\"quantization_config\": {\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 64},"));
        AssertRefused("LLMC0402", Program.Run(["build", checkpoint, "-o", _folder["engine"]]));
    }

    [Theory]
    [InlineData("build")]
    [InlineData("build", "x", "-o", "y", "--tpp", "2")]
    [InlineData("build", "--tpp", "-o", "y")]
    [InlineData("build", "x", "-o", "y", "--tp", "0")]
    [InlineData("build", "x", "-o", "y", "--fp8", "--int8")]
    [InlineData("build", "x", "-o", "y", "--dtype", "float64")]
    [InlineData("fly")]
    public void Usage_errors_are_exit_code_2(params string[] arguments) => Assert.Equal(2, Program.Run(arguments).ExitCode);

    static void AssertRefused(string id, Program.Result result)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"llmc: {id}", LastDiagnostic(result.Error), StringComparison.Ordinal);
    }

    static string LastDiagnostic(string error) => error.Split('\n').Last(line => line.StartsWith("llmc: ", StringComparison.Ordinal));

    string Copy(string checkpoint)
    {
        Directory.CreateDirectory(_folder["checkpoint"]);
        foreach (var file in Directory.EnumerateFiles(checkpoint)) File.Copy(file, Path.Combine(_folder["checkpoint"], Path.GetFileName(file)));
        return _folder["checkpoint"];
    }

    public void Dispose() => _folder.Dispose();
}
