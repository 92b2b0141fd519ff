using Llmc.Artifact;
using Llmc.Engine.Sampling;
using Llmc.Scheduling;

namespace Llmc.Engine.Tests;

public class EngineCoreTests
{
    /// <summary>Ways to run the same requests.</summary>
    public static TheoryData<string, EngineOptions, int, int> Ways => new()
    {
        { "together", new(), 64, 1 },
        { "one by one", new() { MaxSequences = 1 }, 64, 1 },
        { "in chunks of 5", new() { ChunkTokens = 5 }, 64, 1 },
        { "in chunks of 1, one by one", new() { ChunkTokens = 1, MaxSequences = 1 }, 64, 1 },
        { "without prefix cache", new() { PrefixCaching = false }, 64, 1 },
        { "with few blocks", new(), 16, 1 },
        { "preempting", new() { Admission = AdmissionPolicy.PreemptNewest }, 16, 1 },
        { "preempting without prefix cache", new() { Admission = AdmissionPolicy.PreemptNewest, PrefixCaching = false }, 16, 1 },
        { "on two ranks", new(), 64, 2 },
    };

    [Theory, MemberData(nameof(Ways))]
    public void Greedy_tokens_are_the_models_own_however_requests_run(string way, EngineOptions options, int blocks, int ranks)
    {
        using var core = FakeEngine.Core(options, FakeEngine.Limits with { Blocks = blocks }, ranks);
        var prompts = Prompts();
        var answers = prompts.Select(p => core.Submit(new() { Prompt = p, MaxTokens = 20, Sampling = SamplingParameters.Greedy }).Answer).ToList();
        core.RunAll();
        for (var i = 0; i < prompts.Length; i++)
        {
            Assert.Equal(FakeModel.Greedy(prompts[i], 20), answers[i].Tokens);
            Assert.Equal(FinishReason.Length, answers[i].Reason);
        }
        Assert.Equal(blocks, core.Scheduler.FreeBlocks);
        Assert.Equal(way.StartsWith("preempting", StringComparison.Ordinal), core.Scheduler.Preemptions > 0);
    }

    [Theory, MemberData(nameof(Ways))]
    public void Sampled_tokens_follow_from_the_seed_however_requests_run(string way, EngineOptions options, int blocks, int ranks)
    {
        _ = way;
        Assert.Equal(Sampled(new(), 64, 1), Sampled(options, blocks, ranks));
    }

    [Theory, MemberData(nameof(Ways))]
    public void Logits_of_prompts_and_answers_come_once_and_in_full(string way, EngineOptions options, int blocks, int ranks)
    {
        _ = way;
        using var core = FakeEngine.Core(options, FakeEngine.Limits with { Blocks = blocks }, ranks);
        var prompts = Prompts();
        var answers = prompts.Select(p => core.Submit(new() { Prompt = p, MaxTokens = 20, LogitsFrom = 0, Sampling = SamplingParameters.Greedy }).Answer).ToList();
        core.RunAll();
        for (var i = 0; i < prompts.Length; i++)
        {
            int[] tokens = [.. prompts[i], .. answers[i].Tokens];
            Assert.Equal(Enumerable.Range(0, tokens.Length - 1), answers[i].Rows.Keys.Order());
            foreach (var (position, row) in answers[i].Rows) Assert.Equal(FakeModel.Logits(tokens[..(position + 1)]), row);
        }
    }

    [Fact]
    public void A_shared_prefix_is_computed_once_and_the_answer_stays_the_same()
    {
        using var core = FakeEngine.Core();
        var prompt = FakeModel.Prompt(30);
        core.Submit(new() { Prompt = prompt, MaxTokens = 3, Sampling = SamplingParameters.Greedy });
        core.RunAll();
        var (second, _) = core.Submit(new() { Prompt = prompt, MaxTokens = 9, Sampling = SamplingParameters.Greedy });
        core.RunAll();
        Assert.Equal(28, second.CachedTokens);
        Assert.Equal(FakeModel.Greedy(prompt, 9), second.Tokens);
    }

    [Fact]
    public void An_output_may_cancel_its_request_in_the_midst_of_a_step()
    {
        using var core = FakeEngine.Core();
        var (other, _) = core.Submit(new() { Prompt = FakeModel.Prompt(3, 1), MaxTokens = 9, Sampling = SamplingParameters.Greedy });
        var (answer, id) = core.Submit(new() { Prompt = FakeModel.Prompt(5), MaxTokens = 50, Sampling = SamplingParameters.Greedy });
        answer.OnToken = a => { if (a.Tokens.Count == 3) Assert.True(core.Cancel(id)); };
        core.RunAll();
        Assert.Equal(3, answer.Tokens.Count);
        Assert.Equal(FinishReason.Cancelled, answer.Reason);
        Assert.Equal(9, other.Tokens.Count);
        Assert.False(core.Cancel(id));
        Assert.Equal(FakeEngine.Limits.Blocks, core.Scheduler.FreeBlocks);
    }

    [Fact]
    public void Stop_tokens_and_end_of_sequence_end_an_answer_and_belong_to_it()
    {
        using var core = FakeEngine.Core();
        var prompt = FakeModel.Prompt(5);
        var expected = FakeModel.Greedy(prompt, 9);
        var (stopped, _) = core.Submit(new() { Prompt = prompt, MaxTokens = 9, StopTokens = [expected[4]], Sampling = SamplingParameters.Greedy });
        var (ended, _) = core.Submit(new() { Prompt = prompt, MaxTokens = 9, Sampling = Always(FakeModel.Eos) });
        core.RunAll();
        Assert.Equal((FinishReason.Stop, FinishReason.Stop), (stopped.Reason, ended.Reason));
        Assert.Equal(expected[..5], stopped.Tokens);
        Assert.Equal([FakeModel.Eos], ended.Tokens);
    }

    [Fact]
    public void Ignored_or_too_early_ends_of_sequence_do_not_end_an_answer()
    {
        using var core = FakeEngine.Core();
        var (ignored, _) = core.Submit(new() { Prompt = FakeModel.Prompt(5), MaxTokens = 4, IgnoreEos = true, Sampling = Always(FakeModel.Eos) });
        var (early, _) = core.Submit(new() { Prompt = FakeModel.Prompt(5), MaxTokens = 9, MinTokens = 3, Sampling = Always(FakeModel.Eos) });
        core.RunAll();
        Assert.Equal([FakeModel.Eos, FakeModel.Eos, FakeModel.Eos, FakeModel.Eos], ignored.Tokens);
        Assert.Equal(4, early.Tokens.Count);
        Assert.Equal(3, early.Tokens.IndexOf(FakeModel.Eos));
    }

    [Fact]
    public void Log_probabilities_are_the_models_own()
    {
        using var core = FakeEngine.Core();
        var prompt = FakeModel.Prompt(5);
        var (answer, _) = core.Submit(new() { Prompt = prompt, MaxTokens = 2, TopLogprobs = 2, Sampling = new() { Temperature = 0, LogitBias = Bias(7) } });
        core.RunAll();
        var logits = FakeModel.Logits(prompt);
        var logSumExp = Math.Log(logits.Sum(l => Math.Exp(l)));
        var best = logits.Index().OrderByDescending(l => l.Item).Take(2).ToArray();
        Assert.Equal(7, answer.Tokens[0]);
        Assert.Equal(logits[7] - logSumExp, answer.Logprobs[0]!.Value, 1e-5);
        Assert.Equal(best.Select(b => b.Index), answer.Tops[0].Select(t => t.Id));
        Assert.Equal(best[1].Item - logSumExp, answer.Tops[0][1].Logprob, 1e-5);
    }

    [Fact]
    public void A_prompt_can_be_computed_without_an_answer()
    {
        using var core = FakeEngine.Core();
        var (answer, _) = core.Submit(new() { Prompt = FakeModel.Prompt(20), MaxTokens = 0, LogitsFrom = 17 });
        core.RunAll();
        Assert.Empty(answer.Tokens);
        Assert.Equal([17, 18, 19], answer.Rows.Keys);
        Assert.Equal(FinishReason.Length, answer.Reason);
    }

    [Fact]
    public void Logits_that_are_no_numbers_end_their_request_and_no_other()
    {
        var manifest = FakeEngine.Manifest();
        var rank = new FakeRank(manifest) { AfterStep = logits => logits[3] = float.NaN };
        using var core = new EngineCore(manifest, [rank]);
        var (first, _) = core.Submit(new() { Prompt = FakeModel.Prompt(5), MaxTokens = 9 });
        var (second, _) = core.Submit(new() { Prompt = FakeModel.Prompt(3, 1), MaxTokens = 1, Sampling = SamplingParameters.Greedy });
        core.RunAll();
        Assert.Equal(FinishReason.Failed, first.Reason);
        Assert.Equal(Diagnostics.LogitsNotFinite, first.Failure?.Diagnostic);
        Assert.Contains("position 4 ", first.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(FakeModel.Greedy(FakeModel.Prompt(3, 1), 1), second.Tokens);
        Assert.Equal(FakeEngine.Limits.Blocks, core.Scheduler.FreeBlocks);
    }

    [Fact]
    public void A_rank_that_fails_ends_the_engine_and_is_named_even_if_the_others_wait_for_it()
    {
        var manifest = FakeEngine.Manifest(ranks: 2);
        using var never = new ManualResetEventSlim();
        var waiting = new FakeRank(manifest) { BeforeStep = _ => never.Wait() };
        var failing = new FakeRank(manifest) { BeforeStep = _ => throw new InvalidOperationException("out of order") };
        var core = new EngineCore(manifest, [waiting, failing]);
        core.Submit(new() { Prompt = FakeModel.Prompt(5), MaxTokens = 9 });
        var failure = Assert.Throws<RankFailedException>(() => core.Step());
        Assert.Equal((1, "rank 1: out of order"), (failure.Rank, failure.Message));
        Assert.Throws<RankFailedException>(() => core.Step());
        core.Dispose();
        never.Set();
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var limits = FakeEngine.Limits with { MaxSequenceLength = 512, Blocks = 1024 };
        using var core = FakeEngine.Core(limits: limits);
        SamplingParameters[] ways =
        [
            SamplingParameters.Greedy,
            new() { Seed = 1 },
            new() { Seed = 2, TopK = 9, TopP = 0.8f, MinP = 0.01f, LogitBias = Bias(5) },
            new() { Seed = 3, RepetitionPenalty = 1.2f, PresencePenalty = 1, FrequencyPenalty = 0.5f },
        ];
        foreach (var way in ways)
            Assert.True(core.TrySubmit(
                new() { Prompt = FakeModel.Prompt(9), MaxTokens = 500, IgnoreEos = true, TopLogprobs = 3, Sampling = way }, new NoOutput(), out _, out _));
        for (var i = 0; i < 100; i++) core.Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 300; i++) core.Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4, core.Scheduler.Running);
    }

    static List<int[]> Sampled(EngineOptions options, int blocks, int ranks)
    {
        using var core = FakeEngine.Core(options, FakeEngine.Limits with { Blocks = blocks }, ranks);
        var sampling = new SamplingParameters { Temperature = 1.5f, TopP = 0.9f, RepetitionPenalty = 1.1f, FrequencyPenalty = 0.3f };
        var answers = Prompts().Select((p, i) =>
            core.Submit(new() { Prompt = p, MaxTokens = 20, Sampling = sampling with { Seed = (ulong)i } }).Answer).ToList();
        core.RunAll();
        return [.. answers.Select(a => a.Tokens.ToArray())];
    }

    /// <summary>More than fit into a step; some share a prefix.</summary>
    static int[][] Prompts() =>
        [FakeModel.Prompt(1), FakeModel.Prompt(19), FakeModel.Prompt(7, 1), [.. FakeModel.Prompt(16), 5], FakeModel.Prompt(19), FakeModel.Prompt(40, 2)];

    static SamplingParameters Always(int token) => new() { Temperature = 0, LogitBias = Bias(token) };

    static Dictionary<int, float> Bias(int token) => new() { [token] = 100 };

    sealed class NoOutput : IRequestOutput
    {
        public void Started(int cachedTokens)
        {
        }

        public void Logits(int position, ReadOnlySpan<float> logits)
        {
        }

        public void Token(in TokenOutput token)
        {
        }

        public void Finished(FinishReason reason, LlmcException? failure)
        {
        }
    }
}
