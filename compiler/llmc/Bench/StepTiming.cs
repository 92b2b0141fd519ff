using System.Diagnostics;
using Llmc.Artifact;
using Llmc.Engine;
using Llmc.Engine.Sampling;

namespace Llmc.CommandLine;

/// <summary>Tokens a second of one phase.</summary>
/// <param name="Step">Size of one of its steps, the mean over them.</param>
sealed record StepFigure(string Phase, int Tokens, double Best, double Median, StepSize Step);

/// <summary>Times the steps of one sequence.</summary>
sealed class StepTiming(EngineCore core, int repeat)
{
    /// <summary>A prompt of random ids, up to its first answer.</summary>
    public StepFigure Prefill(int tokens) => Figure("prefill", tokens, new(tokens, 1, (long)tokens * (tokens + 1) / 2, tokens), () =>
    {
        var clock = Stopwatch.StartNew();
        Run(Prompt(tokens), generate: 1);
        return clock.Elapsed;
    });

    /// <summary>An answer token by token, from an empty context on; the first token is not counted.</summary>
    public StepFigure Decode(int tokens) => Figure("decode", tokens, new(1, 1, tokens / 2, tokens / 2), () =>
    {
        var answer = Run(Prompt(1), tokens + 1);
        return answer.Last - answer.First;
    });

    StepFigure Figure(string phase, int tokens, StepSize step, Func<TimeSpan> time)
    {
        time();   // code is compiled, pages are read
        double[] rates = [.. Enumerable.Range(0, repeat).Select(_ => tokens / time().TotalSeconds).Order()];
        return new(phase, tokens, rates[^1], rates[rates.Length / 2], step);
    }

    int[] Prompt(int tokens)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, tokens).Select(_ => random.Next(core.Manifest.Model.VocabSize))];
    }

    Ticks Run(int[] prompt, int generate)
    {
        var ticks = new Ticks();
        var request = new Request { Prompt = prompt, MaxTokens = generate, Sampling = SamplingParameters.Greedy, IgnoreEos = true };
        if (!core.TrySubmit(request, ticks, out _, out var refusal)) throw refusal.Reason;
        while (core.Step())
        {
        }
        return ticks.Failure is { } failure ? throw failure : ticks;
    }

    /// <summary>When the first and the last token came.</summary>
    sealed class Ticks : IRequestOutput
    {
        long _first;
        long _last;

        public TimeSpan First => Stopwatch.GetElapsedTime(0, _first);
        public TimeSpan Last => Stopwatch.GetElapsedTime(0, _last);
        public LlmcException? Failure { get; private set; }

        void IRequestOutput.Started(int cachedTokens)
        {
        }

        void IRequestOutput.Logits(int position, ReadOnlySpan<float> logits)
        {
        }

        void IRequestOutput.Token(in TokenOutput token)
        {
            _last = Stopwatch.GetTimestamp();
            if (_first == 0) _first = _last;
        }

        void IRequestOutput.Finished(Scheduling.FinishReason reason, LlmcException? failure) => Failure = failure;
    }
}
