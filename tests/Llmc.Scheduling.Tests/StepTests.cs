namespace Llmc.Scheduling.Tests;

public class StepTests
{
    static readonly SchedulerOptions Options = new(MaxSequences: 4, MaxTokens: 8, MaxLogitsRows: 8, BlockSize: 4, Blocks: 32);

    [Fact]
    public void A_step_mixes_decode_and_prefill()
    {
        var driver = new Driver(Options);
        driver.Submit(Driver.Prompt(3), maxTokens: 3);
        Assert.Equal("r0:0+3*", driver.Step());
        driver.Submit(Driver.Prompt(4, seed: 1), maxTokens: 1);
        Assert.Equal("r0:3+1* r1:0+4*", driver.Step());
        Assert.Equal("r0:4+1*", driver.Step());
        Assert.Equal("", driver.Step());
    }

    [Fact]
    public void A_prompt_larger_than_a_step_is_cut_into_chunks_and_decode_goes_first()
    {
        var driver = new Driver(Options);
        driver.Submit(Driver.Prompt(10), maxTokens: 4);
        driver.Submit(Driver.Prompt(9, seed: 1), maxTokens: 1);
        Assert.Equal(["r0:0+8", "r0:8+2* r1:0+6", "r0:10+1* r1:6+3*", "r0:11+1*", "r0:12+1*"], driver.RunAll());
    }

    [Fact]
    public void Chunk_tokens_bounds_each_sequence()
    {
        var driver = new Driver(Options with { ChunkTokens = 3 });
        driver.Submit(Driver.Prompt(5), maxTokens: 1);
        driver.Submit(Driver.Prompt(4, seed: 1), maxTokens: 1);
        Assert.Equal(["r0:0+3 r1:0+3", "r0:3+2* r1:3+1*"], driver.RunAll());
    }

    [Fact]
    public void Runs_no_more_sequences_than_the_limit()
    {
        var driver = new Driver(Options with { MaxSequences = 2 });
        for (var i = 0; i < 3; i++) driver.Submit(Driver.Prompt(1, i), maxTokens: 2);
        Assert.Equal(["r0:0+1* r1:0+1*", "r0:1+1* r1:1+1*", "r2:0+1*", "r2:1+1*"], driver.RunAll());
    }

    [Fact]
    public void Lower_priority_numbers_run_earlier_and_equals_in_order_of_arrival()
    {
        var driver = new Driver(Options with { MaxSequences = 1 });
        driver.Submit(Driver.Prompt(1, 0), maxTokens: 1, priority: 5);
        driver.Submit(Driver.Prompt(1, 1), maxTokens: 1, priority: 0);
        driver.Submit(Driver.Prompt(1, 2), maxTokens: 1, priority: 0);
        Assert.Equal(["r1:0+1*", "r2:0+1*", "r0:0+1*"], driver.RunAll());
    }

    [Fact]
    public void Logits_of_a_prompt_are_spread_over_steps_by_the_limit_of_rows()
    {
        var driver = new Driver(Options with { MaxLogitsRows = 3, MaxSequences = 2 });
        driver.Submit(Driver.Prompt(2, seed: 1), maxTokens: 3);
        driver.Submit(Driver.Prompt(5), maxTokens: 1, logitsFrom: 0);
        Assert.True(driver.Scheduler.Next(driver.Plan));
        Assert.Equal([1, 2], driver.Plan.Entries.ToArray().Select(e => e.LogitsRows));
        driver.Commit();
        Assert.Equal("r0:2+1* r1:2+2", driver.Step());
        Assert.Equal("r0:3+1* r1:4+1*", driver.Step());
    }

    [Fact]
    public void A_prompt_without_logits_or_tokens_needs_no_rows_and_ends_when_computed()
    {
        var driver = new Driver(Options);
        var sequence = driver.Submit(Driver.Prompt(5), maxTokens: 0);
        Assert.True(driver.Scheduler.Next(driver.Plan));
        Assert.Equal(0, driver.Plan.LogitsRows);
        driver.Commit();
        Assert.Equal(FinishReason.Length, sequence.FinishReason);
        Assert.Equal(5, sequence.Length);
    }

    [Fact]
    public void A_stop_token_ends_a_sequence_and_stays_in_it()
    {
        var driver = new Driver(Options);
        var sequence = driver.Submit(Driver.Prompt(3), maxTokens: 9, stop: [1004]);
        driver.RunAll();
        Assert.Equal(FinishReason.Stop, sequence.FinishReason);
        Assert.Equal([1003, 1004], sequence.Tokens[3..].ToArray());
    }

    [Fact]
    public void A_full_queue_refuses()
    {
        var driver = new Driver(Options with { MaxWaiting = 1, MaxSequences = 1 });
        driver.Submit(Driver.Prompt(1), maxTokens: 5);
        driver.Step();
        driver.Submit(Driver.Prompt(1, 1), maxTokens: 1);
        Assert.Equal(Submission.QueueFull, driver.Scheduler.Submit(driver.Create(Driver.Prompt(1, 2), maxTokens: 1)));
    }

    [Theory]
    [InlineData(128, Submission.Accepted)]
    [InlineData(129, Submission.LargerThanCache)]
    public void A_sequence_must_fit_into_the_cache_alone(int computedTokens, Submission expected)
    {
        var driver = new Driver(Options);
        var sequence = driver.Create(Driver.Prompt(100), maxTokens: computedTokens - 100 + 1);
        Assert.Equal(expected, driver.Scheduler.Submit(sequence));
    }
}
