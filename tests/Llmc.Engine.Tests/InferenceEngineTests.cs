using Llmc.Artifact;
using Llmc.Engine.Sampling;
using Llmc.Scheduling;

namespace Llmc.Engine.Tests;

public class InferenceEngineTests
{
    [Fact]
    public async Task Many_callers_at_once_get_the_answers_they_would_get_alone()
    {
        await using var engine = new InferenceEngine(FakeEngine.Core());
        var answers = Enumerable.Range(0, 60).Select(i => Task.Run(() => Ask(engine, FakeModel.Prompt(1 + i % 30, i), 1 + i % 17))).ToList();
        for (var i = 0; i < answers.Count; i++)
            Assert.Equal(FakeModel.Greedy(FakeModel.Prompt(1 + i % 30, i), 1 + i % 17), await answers[i]);
        Assert.Equal(0, engine.Waiting);
    }

    [Fact]
    public async Task A_stream_tells_how_it_ended_and_what_was_cached()
    {
        await using var engine = new InferenceEngine(FakeEngine.Core());
        await Ask(engine, FakeModel.Prompt(9), 1);
        var stream = Submit(engine, FakeModel.Prompt(9), 3);
        await foreach (var token in stream.ReadAllAsync()) Assert.Null(token.Logprob);
        Assert.Equal((FinishReason.Length, 8), (stream.FinishReason, stream.CachedTokens));
    }

    [Fact]
    public async Task Log_probabilities_stay_with_their_token()
    {
        await using var engine = new InferenceEngine(FakeEngine.Core());
        Assert.True(engine.TrySubmit(new() { Prompt = FakeModel.Prompt(3), MaxTokens = 4, TopLogprobs = 2, Sampling = SamplingParameters.Greedy }, out var stream, out _));
        await foreach (var token in stream.ReadAllAsync())
        {
            Assert.Equal(token.Id, token.Top[0].Id);
            Assert.Equal(token.Logprob, token.Top[0].Logprob);
            Assert.Equal(2, token.Top.Count);
        }
    }

    [Fact]
    public async Task A_reader_that_found_its_stop_string_cancels_and_others_go_on()
    {
        var core = FakeEngine.Core(limits: FakeEngine.Limits with { MaxSequenceLength = 5000, Blocks = 4000 });
        await using var engine = new InferenceEngine(core);
        var stopped = Submit(engine, FakeModel.Prompt(3), 4000);
        var other = Ask(engine, FakeModel.Prompt(5, 1), 50);
        var tokens = new List<int>();
        await foreach (var token in stopped.ReadAllAsync())
        {
            tokens.Add(token.Id);
            if (tokens.Count == 3) stopped.Cancel();
        }
        Assert.Equal(FinishReason.Cancelled, stopped.FinishReason);
        Assert.True(tokens.Count < 4000);
        Assert.Equal(FakeModel.Greedy(FakeModel.Prompt(5, 1), 50), await other);
        stopped.Cancel();
        await engine.DrainAsync();
        Assert.Equal(4000, core.Scheduler.FreeBlocks);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_takes_again_when_requests_have_left_it()
    {
        using var gate = new SemaphoreSlim(0);
        var (core, options) = Gated(gate, new() { MaxWaiting = 2, MaxSequences = 1 });
        await using var engine = new InferenceEngine(core, options);
        var streams = new List<TokenStream> { Submit(engine, FakeModel.Prompt(3), 1) };
        await UntilNobodyWaits(engine, gate);
        streams.Add(Submit(engine, FakeModel.Prompt(4), 1));
        streams.Add(Submit(engine, FakeModel.Prompt(5), 1));
        Assert.False(engine.TrySubmit(new() { Prompt = FakeModel.Prompt(6), MaxTokens = 1 }, out _, out var refusal));
        Assert.Equal("LLMC0706: 2 requests are waiting already", refusal.Message);
        gate.Release(1000);
        foreach (var stream in streams) Assert.Single(await stream.ReadAllAsync().ToListAsync());
        Submit(engine, FakeModel.Prompt(6), 1);
    }

    [Fact]
    public async Task Draining_finishes_what_runs_and_refuses_what_comes()
    {
        await using var engine = new InferenceEngine(FakeEngine.Core());
        var answers = Enumerable.Range(0, 9).Select(i => Ask(engine, FakeModel.Prompt(4, i), 20)).ToList();
        await engine.DrainAsync();
        Assert.False(engine.TrySubmit(new() { Prompt = FakeModel.Prompt(3) }, out _, out var refusal));
        Assert.Equal("LLMC0708", refusal.Id);
        for (var i = 0; i < answers.Count; i++) Assert.Equal(FakeModel.Greedy(FakeModel.Prompt(4, i), 20), await answers[i]);
    }

    [Fact]
    public async Task A_drain_in_a_hurry_cancels_what_runs()
    {
        var core = FakeEngine.Core(limits: FakeEngine.Limits with { MaxSequenceLength = 100_000, Blocks = 30_000 });
        await using var engine = new InferenceEngine(core);
        var stream = Submit(engine, FakeModel.Prompt(3), 90_000);
        await stream.Reader.ReadAsync();
        await engine.DrainAsync(new CancellationToken(canceled: true));
        Assert.Equal(FinishReason.Cancelled, stream.FinishReason);
        Assert.Equal(30_000, core.Scheduler.FreeBlocks);
    }

    [Fact]
    public async Task A_rank_that_fails_ends_every_stream_with_the_reason()
    {
        var manifest = FakeEngine.Manifest();
        var rank = new FakeRank(manifest) { BeforeStep = step => { if (step == 3) throw new InvalidOperationException("out of order"); } };
        await using var engine = new InferenceEngine(new EngineCore(manifest, [rank]));
        var failure = await Assert.ThrowsAsync<LlmcException>(() => Ask(engine, FakeModel.Prompt(3), 9));
        Assert.Equal("LLMC0709: the engine has failed: rank 0: out of order", failure.Message);
        Assert.False(engine.TrySubmit(new() { Prompt = FakeModel.Prompt(3) }, out _, out var refusal));
        Assert.Equal("LLMC0709", refusal.Id);
    }

    [Fact]
    public async Task Disposal_frees_the_ranks()
    {
        var manifest = FakeEngine.Manifest(ranks: 2);
        FakeRank[] ranks = [new(manifest), new(manifest)];
        await using (var engine = new InferenceEngine(new EngineCore(manifest, ranks))) await Ask(engine, FakeModel.Prompt(3), 2);
        Assert.All(ranks, r => Assert.True(r.IsDisposed));
    }

    /// <summary>A core whose every step waits for the gate, though not for ever, so that a failed test ends.</summary>
    static (EngineCore, EngineOptions) Gated(SemaphoreSlim gate, EngineOptions options)
    {
        var manifest = FakeEngine.Manifest();
        return (new(manifest, [new FakeRank(manifest) { BeforeStep = _ => gate.Wait(TimeSpan.FromSeconds(20)) }], options), options);
    }

    /// <summary>Lets the first step end, which tells that its request has left the queue.</summary>
    static async Task UntilNobodyWaits(InferenceEngine engine, SemaphoreSlim gate)
    {
        gate.Release();
        while (engine.Waiting > 0) await Task.Delay(1);
    }

    static TokenStream Submit(InferenceEngine engine, int[] prompt, int maxTokens)
    {
        Assert.True(engine.TrySubmit(new() { Prompt = prompt, MaxTokens = maxTokens, Sampling = SamplingParameters.Greedy }, out var stream, out var refusal), refusal?.Message);
        return stream;
    }

    static async Task<int[]> Ask(InferenceEngine engine, int[] prompt, int maxTokens)
    {
        var tokens = new List<int>();
        await foreach (var token in Submit(engine, prompt, maxTokens).ReadAllAsync()) tokens.Add(token.Id);
        return [.. tokens];
    }
}
