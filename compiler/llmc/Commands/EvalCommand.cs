using System.CommandLine;
using System.Text.Json;
using Llmc.Artifact;
using Llmc.Engine;
using Llmc.Text;

namespace Llmc.CommandLine;

/// <summary><c>llmc eval ENGINE --text FILE</c>: perplexity.</summary>
static class EvalCommand
{
    public static Command Create()
    {
        var text = new Option<string>("--text") { Description = "UTF-8 file.", Required = true };
        var window = Options.Count("--window", "Ids in a window.", 512, least: 2);
        var json = Options.Json();
        var command = new Command("eval", """
            Perplexity of a text: its ids without special tokens, cut into windows, each fed after the begin token if there is
            one; exp of the mean negative log-likelihood over all ids of all whole windows.

            Example:
              llmc eval engine --text heldout.txt --window 512
            """);
        var session = new EngineSession(command);
        command.Add(text);
        command.Add(window);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var tokenizer = HuggingFaceTokenizer.Load(session.PathOf(parsed));
            var ids = tokenizer.Encode(TextFile.Read(parsed.GetRequiredValue(text)), addSpecialTokens: false);
            using var core = session.Open(parsed, new() { PrefixCaching = false });
            var result = Score(core, ids, tokenizer.BeginId, parsed.GetValue(window), parsed.GetRequiredValue(text));
            Console.Out.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(result, OutputJson.Default.EvalResult)
                : $"perplexity {result.Perplexity:0.00000} over {result.Scored} of {result.Ids} ids");
            return Invocation.Done;
        });
        return command;
    }

    static EvalResult Score(EngineCore core, int[] ids, int? begin, int window, string path)
    {
        var windows = ids.Length / window;
        if (windows == 0) throw Diagnostics.TextTooShort.With(path, ids.Length, window);
        var outputs = new List<WindowScore>();
        for (var w = 0; w < windows; w++)
        {
            var targets = ids.AsMemory(w * window, window);
            // the last id is predicted, never fed; without a begin token nothing predicts the first
            int[] prompt = begin is { } first ? [first, .. targets.Span[..^1]] : [.. targets.Span[..^1]];
            var output = new WindowScore(begin is null ? targets[1..] : targets);
            if (!core.TrySubmit(new() { Prompt = prompt, MaxTokens = 0, LogitsFrom = 0 }, output, out _, out var refusal)) throw refusal.Reason;
            outputs.Add(output);
            while (core.Step())
            {
            }
            if (output.Failure is { } failure) throw failure;
        }
        var scored = outputs.Sum(o => o.Targets.Length);
        return new(Math.Exp(outputs.Sum(o => o.NegativeLogLikelihood) / scored), ids.Length, scored);
    }

    /// <summary>Sums −log p of each target as its row of logits comes by.</summary>
    sealed class WindowScore(ReadOnlyMemory<int> targets) : IRequestOutput
    {
        public ReadOnlyMemory<int> Targets => targets;
        public double NegativeLogLikelihood { get; private set; }
        public LlmcException? Failure { get; private set; }

        void IRequestOutput.Started(int cachedTokens)
        {
        }

        void IRequestOutput.Logits(int position, ReadOnlySpan<float> logits)
        {
            var greatest = float.NegativeInfinity;
            foreach (var logit in logits) greatest = Math.Max(greatest, logit);
            double sum = 0;
            foreach (var logit in logits) sum += Math.Exp(logit - greatest);
            NegativeLogLikelihood += Math.Log(sum) + greatest - logits[targets.Span[position]];
        }

        void IRequestOutput.Token(in TokenOutput token)
        {
        }

        void IRequestOutput.Finished(Scheduling.FinishReason reason, LlmcException? failure) => Failure = failure;
    }
}
