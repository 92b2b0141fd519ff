using Llmc.Artifact;
using Llmc.Compiler;
using Llmc.Cpu;
using Llmc.Engine;
using Llmc.Engine.Sampling;
using Llmc.Scheduling;

namespace Llmc.Compiler.Tests;

/// <summary>An engine built from a checkpoint into a temporary folder.</summary>
sealed class BuiltEngine : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public BuiltEngine(string checkpoint, Func<BuildOptions, BuildOptions>? with = null)
    {
        var options = new BuildOptions { Checkpoint = checkpoint, Output = _folder["engine"] };
        Manifest = Pipeline.Build(with?.Invoke(options) ?? options, Silence.Instance);
    }

    public Manifest Manifest { get; }

    public string Path => _folder["engine"];

    /// <summary>What the engine makes of prompts: logits of every prompt position, then greedy ids.</summary>
    public IReadOnlyList<Collected> Run(IEnumerable<IReadOnlyList<int>> prompts, int greedy, EngineOptions? options = null, CpuOptions? cpu = null)
    {
        using var core = CpuEngine.Load(EngineFolder.Open(Path), (options ?? new()) with { PrefixCaching = false }, cpu);
        var answers = new List<Collected>();
        foreach (var prompt in prompts)
        {
            var answer = new Collected(prompt.Count);
            var request = new Request { Prompt = prompt.ToArray(), MaxTokens = greedy, Sampling = SamplingParameters.Greedy, IgnoreEos = true, LogitsFrom = 0 };
            Assert.True(core.TrySubmit(request, answer, out _, out var refusal), refusal?.Reason.Message);
            answers.Add(answer);
        }
        while (core.Step())
        {
        }
        return answers;
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>Collects an answer.</summary>
sealed class Collected(int promptLength) : IRequestOutput
{
    /// <summary>One row a prompt position.</summary>
    public List<float[]> Logits { get; } = [];
    public List<int> Tokens { get; } = [];
    public LlmcException? Failure { get; private set; }

    void IRequestOutput.Started(int cachedTokens)
    {
    }

    void IRequestOutput.Logits(int position, ReadOnlySpan<float> logits)
    {
        if (position < promptLength) Logits.Add(logits.ToArray());
    }

    void IRequestOutput.Token(in TokenOutput token) => Tokens.Add(token.Id);

    void IRequestOutput.Finished(FinishReason reason, LlmcException? failure) => Failure = failure;
}

/// <summary>Nobody is told how a build goes on.</summary>
sealed class Silence : IBuildProgress
{
    public static Silence Instance { get; } = new();

    public void PassStarted(string name, int index, int count)
    {
    }

    public void MemoryPredicted(IReadOnlyList<MemoryManifest> ranks)
    {
    }

    public void WeightsWritten(long bytes, long totalBytes)
    {
    }
}
