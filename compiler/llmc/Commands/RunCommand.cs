using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Llmc.Engine;
using Llmc.Text;

namespace Llmc.CommandLine;

/// <summary><c>llmc run ENGINE "prompt"</c>: one answer, as it comes.</summary>
static class RunCommand
{
    public static Command Create()
    {
        var prompt = new Argument<string>("PROMPT") { Description = "Text to continue." };
        var length = Options.OptionalCount("--max-tokens", "Tokens to generate at most. Default: what the sequence length allows.");
        var stop = new Option<string[]>("--stop") { Description = "Text that ends the answer; may be repeated.", DefaultValueFactory = _ => [] };
        var ignoreEnd = new Option<bool>("--ignore-eos") { Description = "The end of sequence is a token like others." };
        var json = Options.Json();
        var command = new Command("run", """
            Answers one prompt. Sampling parameters default to the checkpoint's recommendation.

            Examples:
              llmc run engine "In the beginning"
              llmc run engine "In the beginning" --temperature 0 --max-tokens 32
              llmc run engine "In the beginning" --temperature 0.7 --top-p 0.9 --seed 1 --stop .
            """);
        var session = new EngineSession(command);
        var sampling = new SamplingOptions(command);
        command.Add(prompt);
        command.Add(length);
        command.Add(stop);
        command.Add(ignoreEnd);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var clock = Stopwatch.StartNew();
            var tokenizer = HuggingFaceTokenizer.Load(session.PathOf(parsed));
            using var core = session.Open(parsed);
            var text = new StopText(tokenizer.CreateDetokenizer(skipSpecialTokens: true), parsed.GetValue(stop)!);
            var answer = new Answer(core, text, parsed.GetValue(json) ? TextWriter.Null : Console.Out, clock);
            var request = new Request
            {
                Prompt = tokenizer.Encode(parsed.GetRequiredValue(prompt), addSpecialTokens: true),
                MaxTokens = parsed.GetValue(length),
                Sampling = sampling.Of(parsed, core.Manifest.Generation),
                IgnoreEos = parsed.GetValue(ignoreEnd),
            };
            Complete(core, request, answer);
            Report(answer.Result(request.Prompt.Length), parsed.GetValue(json));
            return Invocation.Done;
        });
        return command;
    }

    static void Report(RunResult result, bool json)
    {
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(result, OutputJson.Default.RunResult));
        else Console.Error.WriteLine(
            $"\n{result.PromptTokens} + {result.CompletionTokens} tokens, first after {result.FirstTokenSeconds:0.00} s, then {result.TokensPerSecond:0.0} a second");
    }

    static void Complete(EngineCore core, Request request, Answer answer)
    {
        if (!core.TrySubmit(request, answer, out var id, out var refusal)) throw refusal.Reason;
        answer.Id = id;
        while (core.Step())
        {
        }
        if (answer.Failure is { } failure) throw failure;
    }
}
