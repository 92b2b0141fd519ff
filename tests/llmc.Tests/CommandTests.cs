using System.Text.Json;
using Llmc.Artifact;
using Llmc.Checkpoints;

namespace Llmc.CommandLine.Tests;

/// <summary>One engine, built once, and what the commands make of it.</summary>
public sealed class DraftEngine : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public DraftEngine() => Assert.Equal(0, Program.Run(["build", Repository.PathOf("examples", "kjv-draft"), "-o", Path]).ExitCode);

    public string Path => _folder["engine"];

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();
}

public class CommandTests(DraftEngine engine) : IClassFixture<DraftEngine>
{
    [Fact]
    public void Perplexity_is_that_of_transformers_within_a_fifth_of_a_percent()
    {
        var result = Program.Run(["eval", engine.Path, "--text", Repository.PathOf("examples", "heldout.txt"), "--json"]);
        using var measured = JsonDocument.Parse(result.Output);
        using var expected = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("examples", "perplexity.json")));
        Assert.Equal(expected.RootElement.GetProperty("scored").GetInt32(), measured.RootElement.GetProperty("scored").GetInt32());
        Assert.Equal(1, measured.RootElement.GetProperty("perplexity").GetDouble() / expected.RootElement.GetProperty("kjv-draft").GetDouble(), 0.002);
    }

    [Fact]
    public void Logits_have_the_shapes_that_scripts_depend_on()
    {
        using (var writer = SafetensorsWriter.Create(engine["ids"], [new("input_ids", DType.I64, 2, 3)])) writer.Write<long>("input_ids", [5, 6, 7, 8, 9, 10]);
        Assert.Equal(0, Program.Run(["logits", engine.Path, engine["ids"], engine["out"], "--greedy", "4"]).ExitCode);
        using var file = SafetensorsFile.Open(engine["out"]);
        Assert.Equal([2, 3, 2048], file.Tensors["logits"].Shape);
        Assert.Equal(DType.F32, file.Tensors["logits"].DType);
        Assert.Equal([2, 4], file.Tensors["greedy"].Shape);
        Assert.Equal(DType.I64, file.Tensors["greedy"].DType);
    }

    [Theory]
    [InlineData("LLMC0903", "other", DType.I64)]
    [InlineData("LLMC0904", "input_ids", DType.F32)]
    public void Refuses_ids_of_another_name_or_type(string id, string name, DType type)
    {
        var path = engine[$"bad-{id}"];
        using (SafetensorsWriter.Create(path, [new(name, type, 1, 2)]))
        {
        }
        AssertRefused(id, Program.Run(["logits", engine.Path, path, engine["out2"]]));
    }

    [Fact]
    public void Refuses_ids_that_the_vocabulary_does_not_hold()
    {
        using (var writer = SafetensorsWriter.Create(engine["high"], [new("input_ids", DType.I64, 1, 1)])) writer.Write<long>("input_ids", [1L << 40]);
        AssertRefused("LLMC07", Program.Run(["logits", engine.Path, engine["high"], engine["out3"]]));
    }

    [Fact]
    public void Tokenize_reads_and_writes_json_lines()
    {
        var result = Program.Run(["tokenize", engine.Path], "{\"text\": \"In the beginning\"}\n{\"text\": \"\"}\n");
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        using var first = JsonDocument.Parse(lines[0]);
        Assert.Equal("In the beginning", first.RootElement.GetProperty("decoded").GetString());
        Assert.Equal("In the beginning", string.Concat(first.RootElement.GetProperty("stream").EnumerateArray().Select(p => p.GetString())));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"txt\": \"a\"}")]
    [InlineData("{\"text\": 1}")]
    public void Tokenize_names_a_line_that_it_cannot_read(string line) =>
        AssertRefused("LLMC0902", Program.Run(["tokenize", engine.Path], line + "\n"));

    [Fact]
    public void Eval_refuses_a_file_that_is_missing_or_too_short()
    {
        AssertRefused("LLMC0901", Program.Run(["eval", engine.Path, "--text", engine["nowhere"]]));
        File.WriteAllText(engine["short"], "In the beginning");
        AssertRefused("LLMC0905", Program.Run(["eval", engine.Path, "--text", engine["short"]]));
    }

    [Fact]
    public void Stop_strings_end_the_answer_and_are_not_part_of_it()
    {
        string[] run = ["run", engine.Path, "In the beginning", "--temperature", "0", "--max-tokens", "40", "--ignore-eos", "--json"];
        var whole = Text(Program.Run(run));
        var stop = whole.Substring(10, 4);
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], Text(Program.Run([.. run, "--stop", stop])));
    }

    [Fact]
    public void Equal_seeds_give_equal_answers()
    {
        string[] run = ["run", engine.Path, "In the beginning", "--temperature", "1", "--max-tokens", "20", "--ignore-eos", "--json", "--seed"];
        var (first, again, other) = (Text(Program.Run([.. run, "7"])), Text(Program.Run([.. run, "7"])), Text(Program.Run([.. run, "8"])));
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void A_flipped_byte_is_found_and_named()
    {
        CopyFolder(engine.Path, engine["flipped"]);
        var weights = Path.Combine(engine["flipped"], "rank0.weights");
        var bytes = File.ReadAllBytes(weights);
        bytes[12345] ^= 1;
        File.WriteAllBytes(weights, bytes);
        var result = Program.Run(["run", engine["flipped"], "x"]);
        AssertRefused("LLMC05", result);
        Assert.Contains("rank0.weights", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_shows_an_engine_and_a_checkpoint()
    {
        var shown = Program.Run(["inspect", engine.Path]);
        Assert.Contains("launches in a step", shown.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Program.Run(["inspect", engine.Path, "--json"]).Output);
        Assert.Equal(1, json.RootElement.GetProperty("format_version").GetInt32());
        var checkpoint = Program.Run(["inspect", Repository.PathOf("examples", "kjv-draft")]);
        Assert.Contains("can be built", checkpoint.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("UNUSED", checkpoint.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_prints_figures_beside_their_ceilings()
    {
        var result = Program.Run(["bench", "steps", engine.Path, "--prompt", "8", "--generate", "2", "--repeat", "1"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("% read", result.Output, StringComparison.Ordinal);
    }

    static string Text(Program.Result result)
    {
        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        return json.RootElement.GetProperty("text").GetString()!;
    }

    static void AssertRefused(string id, Program.Result result)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"llmc: {id}", result.Error, StringComparison.Ordinal);
    }

    static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
