using Llmc.Engine.Sampling;

namespace Llmc.Engine.Tests;

public class SamplerTests
{
    /// <summary>Logits of tokens with probabilities 0.5, 0.3, 0.15 and 0.05.</summary>
    static readonly float[] Four = [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.15f), MathF.Log(0.05f)];

    [Fact]
    public void Greedy_takes_the_lowest_id_among_equals()
    {
        float[] logits = [.. Enumerable.Range(0, 101).Select(i => i is 37 or 64 or 99 ? 2.5f : -i)];
        Assert.Equal(37, Sample(logits, SamplingParameters.Greedy));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(100)]
    public void A_row_with_a_nan_or_without_a_finite_maximum_gives_no_token(int place)
    {
        var logits = new float[101];
        logits[place] = float.NaN;
        Assert.False(new Sampler(101).TrySample(logits, Context(SamplingParameters.Greedy), out _));
        Array.Fill(logits, float.NegativeInfinity);
        Assert.False(new Sampler(101).TrySample(logits, Context(new()), out _));
    }

    [Theory]
    [InlineData(1f, 0.5, 0.3, 0.15, 0.05)]
    [InlineData(0.5f, 0.684932, 0.246575, 0.061644, 0.006849)]   // squares, made to sum to 1: 0.25 0.09 0.0225 0.0025 over 0.365
    [InlineData(2f, 0.379086, 0.293639, 0.207634, 0.119641)]     // square roots: 0.707 0.548 0.387 0.224 over 1.865
    public void Temperature_bends_the_distribution(float temperature, params double[] expected) =>
        AssertDistribution(expected, Four, new() { Temperature = temperature });

    [Fact]
    public void Top_k_keeps_the_most_likely() =>
        AssertDistribution([0.625, 0.375, 0, 0], Four, new() { TopK = 2 });

    [Fact]
    public void Top_k_keeps_tokens_that_tie_with_the_last() =>
        AssertDistribution([1 / 3.0, 1 / 3.0, 0, 1 / 3.0], [1, 1, 0, 1], new() { TopK = 2 });

    [Theory]
    [InlineData(0.4f, 1.0, 0.0, 0.0, 0.0)]
    [InlineData(0.6f, 0.625, 0.375, 0.0, 0.0)]
    [InlineData(0.9f, 0.526316, 0.315789, 0.157895, 0.0)]
    public void Top_p_keeps_the_fewest_that_reach_the_share(float topP, params double[] expected) =>
        AssertDistribution(expected, Four, new() { TopP = topP });

    [Fact]
    public void Top_p_shares_out_what_top_k_left() =>
        AssertDistribution([0.625, 0.375, 0, 0], Four, new() { TopK = 3, TopP = 0.8f });   // 0.526 + 0.316 of the three reach 0.8

    [Fact]
    public void Min_p_is_a_share_of_the_greatest_probability_after_temperature()
    {
        AssertDistribution([0.526316, 0.315789, 0.157895, 0], Four, new() { MinP = 0.2f });               // 0.05 is below 0.2 · 0.5
        AssertDistribution([0.735294, 0.264706, 0, 0], Four, new() { MinP = 0.2f, Temperature = 0.5f });  // 0.0225 is below 0.2 · 0.25
    }

    [Fact]
    public void A_large_vocabulary_is_sampled_like_a_small_one()
    {
        var logits = new float[50_000];
        Array.Fill(logits, -30);
        for (var i = 0; i < 4; i++) logits[10_007 * (i + 1)] = Four[i];
        var counts = Count(logits, new() { TopP = 0.99f, TopK = 1000 }, samples: 400);
        AssertChiSquare([0.5, 0.3, 0.15, 0.05], [.. Enumerable.Range(1, 4).Select(i => counts[10_007 * i])]);
    }

    [Fact]
    public void Repetition_penalty_divides_positive_logits_and_multiplies_negative_ones_once()
    {
        // Tokens 0 and 1 stand in the prompt, 2 twice in the answer: 4 → 2, −1 → −2, 3 → 1.5; 1.9 stays.
        float[] logits = [4, -1, 3, 1.9f];
        Assert.Equal([2, -2, 1.5f, 1.9f], Penalised(logits, new() { RepetitionPenalty = 2 }, [0, 1, 0, 2, 2], promptLength: 3));
    }

    [Fact]
    public void Frequency_penalty_counts_the_answer_and_presence_penalty_does_not()
    {
        // Token 2 twice and 3 once in the answer: −2·0.5 − 0.25 and −0.5 − 0.25; the prompt does not count.
        float[] logits = [1, 1, 1, 1];
        Assert.Equal([1, 1, -0.25f, 0.25f], Penalised(logits, new() { FrequencyPenalty = 0.5f, PresencePenalty = 0.25f }, [0, 1, 2, 3, 2], promptLength: 2));
    }

    [Fact]
    public void Penalties_leave_nothing_behind_for_the_next_row()
    {
        var penalties = new Penalties(4);
        var parameters = new SamplingParameters { RepetitionPenalty = 2, FrequencyPenalty = 1, PresencePenalty = 1 };
        penalties.Apply([4, 4, 4, 4], Context(parameters, [0, 1, 1, 2], promptLength: 1));
        Assert.Equal([4, 4, 4, 2], penalties.Apply([4, 4, 4, 4], Context(parameters, [3], promptLength: 1)).ToArray());
    }

    [Fact]
    public void Bias_is_added_and_forbidden_tokens_are_never_chosen()
    {
        var context = new SamplingContext
        {
            Parameters = new() { Temperature = 3 },
            Seed = 1,
            Tokens = [0],
            PromptLength = 1,
            Bias = [new(3, 2.5f)],
            Forbidden = [0, 1],
        };
        Assert.Equal([float.NegativeInfinity, float.NegativeInfinity, 3, 6.5f], new Penalties(4).Apply([1, 2, 3, 4], context).ToArray());
        var sampler = new Sampler(4);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(sampler.TrySample([1, 2, 3, 4], context, out var token));
            Assert.InRange(token, 2, 3);
        }
    }

    [Fact]
    public void The_same_seed_and_position_give_the_same_token_and_others_differ()
    {
        var logits = new float[1000];
        int[] Tokens(ulong seed) => [.. Enumerable.Range(1, 20).Select(length => Sample(logits, new(), seed, length))];
        Assert.Equal(Tokens(7), Tokens(7));
        Assert.NotEqual(Tokens(7), Tokens(8));
        Assert.True(Tokens(7).Distinct().Count() > 15);
    }

    [Fact]
    public void Top_log_probabilities_are_sorted_and_ties_go_to_lower_ids()
    {
        float[] logits = [0, 2, 1, 2, -1, 1];
        var logSumExp = LogProbabilities.LogSumExp(logits);
        var top = new LogProbabilities(20).Top(logits, logSumExp, 3).ToArray();
        Assert.Equal([1, 3, 2], top.Select(t => t.Id));
        Assert.Equal(Math.Log(logits.Sum(l => Math.Exp(l))), logSumExp, 1e-6);
        Assert.Equal(2 - logSumExp, top[0].Logprob);
    }

    static int Sample(float[] logits, SamplingParameters parameters, ulong seed = 1, int length = 1)
    {
        Assert.True(new Sampler(logits.Length).TrySample(logits, Context(parameters, new int[length], length, seed), out var token));
        return token;
    }

    static SamplingContext Context(SamplingParameters parameters, int[]? tokens = null, int promptLength = 1, ulong seed = 1) =>
        new() { Parameters = parameters, Seed = seed, Tokens = tokens ?? [0], PromptLength = promptLength };

    static float[] Penalised(float[] logits, SamplingParameters parameters, int[] tokens, int promptLength) =>
        new Penalties(logits.Length).Apply(logits, Context(parameters, tokens, promptLength)).ToArray();

    static int[] Count(float[] logits, SamplingParameters parameters, int samples)
    {
        var (sampler, counts) = (new Sampler(logits.Length), new int[logits.Length]);
        for (var seed = 0; seed < samples; seed++)
        {
            Assert.True(sampler.TrySample(logits, Context(parameters, seed: (ulong)seed), out var token));
            counts[token]++;
        }
        return counts;
    }

    static void AssertDistribution(double[] expected, float[] logits, SamplingParameters parameters) =>
        AssertChiSquare(expected, Count(logits, parameters, samples: 10_000));

    /// <summary>Fixed seeds, so the outcome is fixed too; 21 bounds chi-square with 3 degrees of freedom in all but 1 of 10,000 cases.</summary>
    static void AssertChiSquare(double[] expected, int[] counts)
    {
        var samples = counts.Sum();
        var chiSquare = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            if (expected[i] == 0) Assert.Equal(0, counts[i]);
            else chiSquare += Math.Pow(counts[i] - samples * expected[i], 2) / (samples * expected[i]);
        }
        Assert.InRange(chiSquare, 0, 21);
    }
}
