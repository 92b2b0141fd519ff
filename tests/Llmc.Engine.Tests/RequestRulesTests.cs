using Llmc.Artifact;
using Llmc.Engine.Sampling;

namespace Llmc.Engine.Tests;

/// <summary>Limits: sequences of 64 tokens, 8 blocks of 4, a vocabulary of 61.</summary>
public class RequestRulesTests
{
    static readonly Manifest Manifest = FakeEngine.Manifest(FakeEngine.Limits with { Blocks = 8 });

    [Fact]
    public void An_empty_prompt_is_refused() =>
        AssertRefused("LLMC0701: the prompt is empty", new() { Prompt = Array.Empty<int>() });

    [Theory]
    [InlineData(61)]
    [InlineData(-1)]
    public void A_token_outside_the_vocabulary_is_refused(int token) =>
        AssertRefused($"LLMC0702: token {token} at position 2 of the prompt is not in the vocabulary, 0 to 60", new() { Prompt = new[] { 1, 2, token } });

    [Fact]
    public void A_prompt_that_leaves_no_room_for_an_answer_is_refused() =>
        AssertRefused("LLMC0703: the prompt has 64 tokens; with at least one token of answer, the engine takes 63 at most", Prompt(64));

    [Fact]
    public void More_tokens_than_a_sequence_has_are_refused() =>
        AssertRefused("LLMC0704: a prompt of 60 tokens and up to 5 new ones make 65, but a sequence has 64 at most", Prompt(60) with { MaxTokens = 5 });

    [Fact]
    public void A_count_of_tokens_that_overflows_is_refused() =>
        AssertRefused("LLMC0704", Prompt(60) with { MaxTokens = int.MaxValue });

    [Fact]
    public void A_sequence_larger_than_the_cache_is_refused() =>
        AssertRefused("LLMC0707: the request can need 9 KV blocks, but the cache has 8", Prompt(30) with { MaxTokens = 4 });

    [Fact]
    public void What_fits_exactly_is_taken_and_open_ended_requests_take_what_there_is()
    {
        var rules = new RequestRules(Manifest);
        Assert.Null(rules.Check(Prompt(30) with { MaxTokens = 3 }));
        Assert.Null(rules.Check(Prompt(30)));
        Assert.Equal(3, rules.MaxTokens(Prompt(30)));
        Assert.Null(new RequestRules(FakeEngine.Manifest()).Check(Prompt(64) with { MaxTokens = 0 }));
    }

    public static TheoryData<string, Request> OutOfRange => new()
    {
        { "max_tokens should be at least 0 but is -1", Prompt(1) with { MaxTokens = -1 } },
        { "min_tokens should be from 0 to max_tokens, 4, but is 5", Prompt(1) with { MaxTokens = 4, MinTokens = 5 } },
        { "top_logprobs should be from 0 to 20 but is 21", Prompt(1) with { TopLogprobs = 21 } },
        { "the first position of logits should be from 0 to 2 but is 3", Prompt(3) with { LogitsFrom = 3 } },
        { "a stop token should be from 0 to 60 but is 61", Prompt(1) with { StopTokens = [61] } },
        { "a token of logit_bias should be from 0 to 60 but is -1", Sampling(new() { LogitBias = new Dictionary<int, float> { [-1] = 1 } }) },
        { "logit_bias should be a number but is NaN", Sampling(new() { LogitBias = new Dictionary<int, float> { [1] = float.NaN } }) },
        { "repetition_penalty should be a finite number greater than 0 but is 0", Sampling(new() { RepetitionPenalty = 0 }) },
        { "frequency_penalty should be from -2 to 2 but is 2.5", Sampling(new() { FrequencyPenalty = 2.5f }) },
        { "presence_penalty should be from -2 to 2 but is -3", Sampling(new() { PresencePenalty = -3 }) },
        { "temperature should be a finite number not less than 0 but is NaN", Sampling(new() { Temperature = float.NaN }) },
        { "temperature should be a finite number not less than 0 but is -1", Sampling(new() { Temperature = -1 }) },
        { "min_p should be from 0 to 1 but is 1.5", Sampling(new() { MinP = 1.5f }) },
        { "top_k should be at least 0 but is -1", Sampling(new() { TopK = -1 }) },
        { "top_p should be greater than 0 and at most 1 but is 0", Sampling(new() { TopP = 0 }) },
    };

    [Theory, MemberData(nameof(OutOfRange))]
    public void A_parameter_out_of_range_is_refused(string message, Request request) => AssertRefused($"LLMC0705: {message}", request);

    [Fact]
    public void Options_out_of_range_are_an_error()
    {
        var failure = Assert.Throws<LlmcException>(() => FakeEngine.Core(new() { ChunkTokens = 0 }));
        Assert.Equal("LLMC0705: ChunkTokens should be at least 1 but is 0", failure.Message);
    }

    static Request Prompt(int length) => new() { Prompt = FakeModel.Prompt(length) };

    static Request Sampling(SamplingParameters sampling) => Prompt(1) with { Sampling = sampling };

    static void AssertRefused(string message, Request request)
    {
        var refusal = new RequestRules(Manifest).Check(request);
        Assert.NotNull(refusal);
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith(refusal.Id, refusal.Message, StringComparison.Ordinal);
    }
}
