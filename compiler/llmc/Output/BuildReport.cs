using System.Diagnostics;
using System.Text.Json;
using Llmc.Artifact;
using Llmc.Compiler;
using Llmc.Text;
using Spectre.Console;

namespace Llmc.CommandLine;

/// <summary>Runs a build and shows it: passes and predicted memory as they come, bars on a terminal, plain lines in a pipe.</summary>
static class BuildReport
{
    public static int Show(BuildOptions options, bool json)
    {
        var clock = Stopwatch.StartNew();
        // an engine whose text cannot be read would fail at its first request: refuse it before anything is written
        if (File.Exists(Path.Combine(options.Checkpoint, "tokenizer.json"))) HuggingFaceTokenizer.Load(options.Checkpoint);
        var manifest = Build(options, json);
        if (json) Console.Out.WriteLine(Json(options, manifest, clock.Elapsed));
        else Console.Error.WriteLine($"{options.Output}: {Sizes.Text(manifest.Files.Sum(f => f.Bytes))} in {clock.Elapsed.TotalSeconds:0.0} s");
        return Invocation.Done;
    }

    static Manifest Build(BuildOptions options, bool json)
    {
        if (json || Console.IsErrorRedirected) return Pipeline.Build(options, new PlainProgress(json ? TextWriter.Null : Console.Error));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => Pipeline.Build(options, new BarProgress(console, context)));
    }

    static string Json(BuildOptions options, Manifest manifest, TimeSpan time) => JsonSerializer.Serialize(
        new BuildResult(
            options.Output, manifest.Model.Architecture, manifest.Plan.World, manifest.Files.Sum(f => f.Bytes), [.. manifest.Ranks.Select(r => r.Memory)],
            Math.Round(time.TotalSeconds, 3)),
        OutputJson.Default.BuildResult);

    sealed class PlainProgress(TextWriter output) : IBuildProgress
    {
        public void PassStarted(string name, int index, int count) => output.WriteLine($"{name} ({index + 1}/{count})");

        public void MemoryPredicted(IReadOnlyList<MemoryManifest> ranks) => output.WriteLine(Sizes.Memory(ranks));

        public void WeightsWritten(long bytes, long totalBytes)
        {
        }
    }

    sealed class BarProgress(IAnsiConsole console, ProgressContext context) : IBuildProgress
    {
        readonly ProgressTask _passes = context.AddTask("passes");
        ProgressTask? _weights;

        public void PassStarted(string name, int index, int count)
        {
            _passes.MaxValue = count;
            _passes.Value = index + 1;
            _passes.Description = name;
        }

        public void MemoryPredicted(IReadOnlyList<MemoryManifest> ranks) => console.WriteLine(Sizes.Memory(ranks));

        public void WeightsWritten(long bytes, long totalBytes)
        {
            _weights ??= context.AddTask("weights", maxValue: totalBytes);
            _weights.Value = bytes;
        }
    }
}
