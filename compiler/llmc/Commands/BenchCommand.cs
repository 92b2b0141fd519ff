using System.CommandLine;
using System.Text.Json;
using Llmc.Artifact;
using Llmc.Cpu;
using Llmc.Engine;

namespace Llmc.CommandLine;

/// <summary><c>llmc bench kernels|steps ENGINE</c>: figures beside their ceilings, measured in the same run.</summary>
static class BenchCommand
{
    public static Command Create() => new("bench", "Times an engine's kernels or whole steps; every figure stands beside its ceiling.") { Kernels(), Steps() };

    static Command Kernels()
    {
        var rows = new Option<int[]>("--rows") { Description = "Numbers of tokens.", DefaultValueFactory = _ => [1, 4, 16, 64, 512], AllowMultipleArgumentsPerToken = true };
        var command = new Command("kernels", """
            Times every GEMM of an engine with weights that no cache holds.

            Example:
              llmc bench kernels engine --rows 1 16 512
            """);
        var session = new EngineSession(command);
        var json = Options.Json();
        command.Add(rows);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var (manifest, machine) = session.OpenMachine(parsed);
            var specs = manifest.Ranks[0].Kernels.OfType<GemmSpec>().ToList();
            var timings = specs.SelectMany(spec => parsed.GetValue(rows)!.Select(count => machine.Time(spec, count))).ToList();
            if (parsed.GetValue(json)) Console.Out.WriteLine(JsonSerializer.Serialize(timings, OutputJson.Default.ListKernelTiming));
            else KernelTable.Write(Console.Out, machine.Ceilings, timings);
            return Invocation.Done;
        });
        return command;
    }

    static Command Steps()
    {
        var prompt = Options.Count("--prompt", "Tokens of the prompt, computed in one go.", 512);
        var generate = Options.Count("--generate", "Tokens to generate, one a step.", 64, least: 2);
        var repeat = Options.Count("--repeat", "Times to repeat; the best and the median are shown.", 5);
        var json = Options.Json();
        var command = new Command("steps", """
            Times prefill and decode of one sequence, as llama-bench does.

            Example:
              llmc bench steps engine --prompt 512 --generate 64
            """);
        var session = new EngineSession(command);
        command.Add(prompt);
        command.Add(generate);
        command.Add(repeat);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var (manifest, machine) = session.OpenMachine(parsed);
            using var core = session.Open(parsed, new() { PrefixCaching = false });
            var timing = new StepTiming(core, parsed.GetValue(repeat));
            List<StepFigure> figures = [timing.Prefill(parsed.GetValue(prompt)), timing.Decode(parsed.GetValue(generate))];
            if (parsed.GetValue(json)) Console.Out.WriteLine(JsonSerializer.Serialize(figures, OutputJson.Default.ListStepFigure));
            else StepTable.Write(Console.Out, manifest, machine.Ceilings, figures);
            return Invocation.Done;
        });
        return command;
    }
}
