namespace Llmc.Scheduling.Tests;

public class CacheTests
{
    static readonly SchedulerOptions Options = new(MaxSequences: 4, MaxTokens: 64, MaxLogitsRows: 64, BlockSize: 4, Blocks: 8);

    [Fact]
    public void Admission_reserves_the_worst_case()
    {
        var driver = new Driver(Options);
        driver.Submit(Driver.Prompt(4), maxTokens: 17);            // computes 20 tokens: 5 of 8 blocks
        driver.Submit(Driver.Prompt(4, seed: 1), maxTokens: 13);   // 16 tokens: 4 blocks, one too many
        Assert.Equal("r0:0+4*", driver.Step());
        for (var i = 0; i < 16; i++) Assert.DoesNotContain("r1", driver.Step(), StringComparison.Ordinal);
        Assert.Equal("r1:0+4*", driver.Step());
        Assert.Equal(0, driver.Scheduler.Preemptions);
    }

    [Fact]
    public void A_sequence_that_does_not_fit_is_not_passed_by_a_smaller_one()
    {
        var driver = new Driver(Options);
        driver.Submit(Driver.Prompt(4), maxTokens: 17);
        driver.Submit(Driver.Prompt(4, seed: 1), maxTokens: 13);
        driver.Submit(Driver.Prompt(1, seed: 2), maxTokens: 1);
        Assert.Equal("r0:0+4*", driver.Step());
    }

    [Fact]
    public void Preempts_newest_when_blocks_run_out_and_recomputes_it()
    {
        var driver = new Driver(Options with { Blocks = 3, Admission = AdmissionPolicy.PreemptNewest, PrefixCaching = false });
        var old = driver.Submit(Driver.Prompt(4), maxTokens: 6);
        var young = driver.Submit(Driver.Prompt(4, seed: 1), maxTokens: 3);
        Assert.Equal(
        [
            "r0:0+4* r1:0+4*",  // a block each, one left
            "r0:4+1*",          // both need one: the newest gives its block back
            "r0:5+1*", "r0:6+1*", "r0:7+1*",
            "r0:8+1*",          // r0 holds three blocks and ends
            "r1:0+5*",          // its prompt and the token it had
            "r1:5+1*",
        ], driver.RunAll());
        Assert.Equal(1, driver.Scheduler.Preemptions);
        Assert.Equal([1004, 1005, 1006], young.Tokens[4..].ToArray());
        Assert.Equal(FinishReason.Length, old.FinishReason);
    }

    [Fact]
    public void An_equal_prefix_is_computed_once()
    {
        var driver = new Driver(Options);
        driver.Submit(Driver.Prompt(10), maxTokens: 1);
        var second = driver.Submit(Driver.Prompt(10), maxTokens: 1);
        driver.Step();
        Assert.Equal(0, second.CachedTokens);   // both in the first step: nothing was cached yet
        var third = driver.Submit([.. Driver.Prompt(9), 77, 78], maxTokens: 1);
        Assert.Equal("r2:8+3*", driver.Step());
        Assert.Equal(8, third.CachedTokens);
    }

    [Fact]
    public void The_last_token_of_a_cached_prompt_is_computed_all_the_same()
    {
        var driver = new Driver(Options);
        driver.Submit(Driver.Prompt(8), maxTokens: 1);
        driver.Submit(Driver.Prompt(8), maxTokens: 1);
        driver.RunAll();
        driver.Submit(Driver.Prompt(8), maxTokens: 1);
        Assert.Equal("r2:4+4*", driver.Step());
    }

    [Fact]
    public void Generated_blocks_are_found_by_the_next_turn_of_a_conversation()
    {
        var driver = new Driver(Options);
        var first = driver.Submit(Driver.Prompt(6), maxTokens: 7);   // computes 12 tokens
        driver.RunAll();
        driver.Submit([.. first.Tokens, 5, 6], maxTokens: 1);
        Assert.Equal("r1:12+3*", driver.Step());
    }

    [Theory]
    [InlineData("a", "a", "r1:8+1*")]
    [InlineData("a", "b", "r1:0+9*")]
    [InlineData("a", null, "r1:0+9*")]
    public void Blocks_are_shared_within_a_salt_alone(string first, string? second, string step)
    {
        var driver = new Driver(Options);
        driver.Submit(Driver.Prompt(9), maxTokens: 1, salt: first);
        driver.RunAll();
        driver.Submit(Driver.Prompt(9), maxTokens: 1, salt: second);
        Assert.Equal(step, driver.Step());
    }

    [Fact]
    public void A_sequence_that_wants_logits_of_its_prompt_computes_it()
    {
        var driver = new Driver(Options);
        driver.Submit(Driver.Prompt(9), maxTokens: 1);
        driver.RunAll();
        driver.Submit(Driver.Prompt(9), maxTokens: 1, logitsFrom: 5);
        Assert.Equal("r1:4+5*", driver.Step());
    }

    [Fact]
    public void The_least_recently_used_block_is_evicted_first_and_ends_of_prefixes_before_beginnings()
    {
        var driver = new Driver(Options with { Blocks = 4 });
        driver.Submit(Driver.Prompt(8), maxTokens: 1);              // two blocks cached
        driver.RunAll();
        driver.Submit(Driver.Prompt(8, seed: 1), maxTokens: 1);     // the two others
        driver.RunAll();
        driver.Submit(Driver.Prompt(3, seed: 2), maxTokens: 1);     // evicts the second block of the first prompt
        driver.RunAll();
        Assert.Equal(3, driver.Scheduler.CachedBlocks);
        driver.Submit(Driver.Prompt(9), maxTokens: 1);
        Assert.Equal("r3:4+5*", driver.Step());
    }

    [Fact]
    public void Nothing_is_shared_when_caching_is_off()
    {
        var driver = new Driver(Options with { PrefixCaching = false });
        driver.Submit(Driver.Prompt(9), maxTokens: 1);
        driver.RunAll();
        driver.Submit(Driver.Prompt(9), maxTokens: 1);
        Assert.Equal("r1:0+9*", driver.Step());
        Assert.Equal(0, driver.Scheduler.CachedBlocks);
    }

    [Fact]
    public void Cancelling_frees_everything_whether_waiting_running_or_in_flight()
    {
        var driver = new Driver(Options with { MaxSequences = 2 });
        var (inFlight, running, waiting) = (
            driver.Submit(Driver.Prompt(9), 9), driver.Submit(Driver.Prompt(5, 1), 3), driver.Submit(Driver.Prompt(5, 2), 9));
        Assert.True(driver.Scheduler.Next(driver.Plan));
        Assert.True(driver.Scheduler.Cancel(inFlight));
        driver.Commit();
        Assert.Equal(9, inFlight.Length);
        Assert.True(driver.Scheduler.Cancel(waiting));
        Assert.True(driver.Scheduler.Cancel(running));
        Assert.False(driver.Scheduler.Cancel(running));
        Assert.Equal(FinishReason.Cancelled, running.FinishReason);
        Assert.False(driver.Scheduler.HasWork);
        Assert.Equal(8, driver.Scheduler.FreeBlocks);
        Assert.Equal(8, driver.Scheduler.Cache.Unpromised);
    }

    [Fact]
    public void Releasing_a_block_nobody_uses_is_an_error()
    {
        var pool = new BlockPool(2);
        var block = pool.Take();
        pool.Release(block);
        Assert.Throws<InvalidOperationException>(() => pool.Release(block));
    }
}
