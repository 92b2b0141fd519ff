using CsCheck;

namespace Llmc.Scheduling.Tests;

/// <summary>Random arrivals, cancellations and endings under random limits.</summary>
public class SchedulerProperties
{
    /// <summary>One thing that happens between two steps, or a step.</summary>
    sealed record Event(int Kind, int PromptLength, int PromptSeed, int MaxTokens, int Priority, bool PromptLogits, int Target);

    static readonly Gen<Event> GenEvent =
        from kind in Gen.Int[0, 9]
        from promptLength in Gen.Int[1, 20]
        from promptSeed in Gen.Int[0, 2]
        from maxTokens in Gen.Int[0, 12]
        from priority in Gen.Int[0, 1]
        from promptLogits in Gen.Int[0, 4]
        from target in Gen.Int[0, 1000]
        select new Event(kind, promptLength, promptSeed, maxTokens, priority, promptLogits == 0, target);

    static readonly Gen<SchedulerOptions> GenOptions =
        from maxSequences in Gen.Int[1, 5]
        from maxTokens in Gen.Int[1, 12]
        from maxRows in Gen.Int[1, 6]
        from blocks in Gen.Int[8, 16]
        from chunk in Gen.Int[0, 4]
        from caching in Gen.Bool
        from preempt in Gen.Bool
        select new SchedulerOptions(maxSequences, maxTokens, maxRows, BlockSize: 4, blocks)
        {
            ChunkTokens = chunk == 0 ? null : chunk,
            PrefixCaching = caching,
            Admission = preempt ? AdmissionPolicy.PreemptNewest : AdmissionPolicy.ReserveWorstCase,
        };

    [Fact]
    public void Steps_keep_their_limits_blocks_are_never_lost_or_used_twice_and_every_sequence_ends() =>
        Gen.Select(GenOptions, GenEvent.Array[1, 80]).Sample((options, events) =>
        {
            var (driver, sequences) = (new Driver(options), new List<Sequence>());
            foreach (var happening in events) Apply(driver, sequences, happening, CheckStep);
            for (var steps = 0; driver.Scheduler.HasWork; steps++)
            {
                Assert.True(steps < 10_000, "the scheduler makes no progress");
                Assert.True(driver.Scheduler.Next(driver.Plan));
                CheckStep(driver, sequences);
                driver.Commit();
            }
            Assert.All(sequences, CheckEnded);
            Assert.Equal(options.Blocks, driver.Scheduler.FreeBlocks);
            Assert.Equal(options.Blocks, driver.Scheduler.Cache.Unpromised);
            if (options.Admission == AdmissionPolicy.ReserveWorstCase) Assert.Equal(0, driver.Scheduler.Preemptions);
        }, iter: 2000, threads: 1);

    [Fact]
    public void The_same_calls_give_the_same_steps() =>
        Gen.Select(GenOptions, GenEvent.Array[1, 40]).Sample((options, events) =>
            Assert.Equal(Record(options, events), Record(options, events)), iter: 200, threads: 1);

    static List<string> Record(SchedulerOptions options, Event[] events)
    {
        var (driver, sequences, steps) = (new Driver(options), new List<Sequence>(), new List<string>());
        foreach (var happening in events)
            Apply(driver, sequences, happening, (d, _) => steps.Add(string.Join(' ', d.Plan.Entries.ToArray().Select(Describe))));
        return [.. steps, .. driver.RunAll()];
    }

    static string Describe(StepEntry entry) =>
        $"r{entry.Sequence.Id.Value}:{entry.Start}+{entry.Count} [{string.Join(',', entry.Sequence.Blocks.ToArray().Select(b => b.Value))}]";

    static void Apply(Driver driver, List<Sequence> sequences, Event happening, Action<Driver, List<Sequence>> planned)
    {
        switch (happening.Kind)
        {
            case <= 3:
                var prompt = Driver.Prompt(happening.PromptLength, happening.PromptSeed);
                sequences.Add(driver.Submit(prompt, happening.MaxTokens, happening.Priority, logitsFrom: happening.PromptLogits ? 0 : null));
                break;
            case 4 when sequences.Count > 0:
                driver.Scheduler.Cancel(sequences[happening.Target % sequences.Count]);
                break;
            default:
                if (!driver.Scheduler.Next(driver.Plan)) return;
                planned(driver, sequences);
                if (happening.Kind == 9) driver.Scheduler.Cancel(sequences[happening.Target % sequences.Count]);
                driver.Commit();
                break;
        }
    }

    static void CheckStep(Driver driver, List<Sequence> sequences)
    {
        var (plan, options) = (driver.Plan, driver.Options);
        var entries = plan.Entries.ToArray();
        Assert.InRange(plan.Tokens, 1, options.MaxTokens);
        Assert.InRange(plan.LogitsRows, 0, options.MaxLogitsRows);
        Assert.InRange(driver.Scheduler.Running, 1, options.MaxSequences);
        Assert.Equal(plan.Tokens, entries.Sum(e => e.Count));
        Assert.Equal(entries.Length, entries.Select(e => e.Sequence).Distinct().Count());
        foreach (var entry in entries) CheckEntry(entry, options);
        CheckBlocks(driver, sequences);
    }

    static void CheckEntry(StepEntry entry, SchedulerOptions options)
    {
        Assert.InRange(entry.Count, 1, options.ChunkTokens ?? options.MaxTokens);
        Assert.InRange(entry.End, 1, entry.Sequence.Length);
        Assert.InRange(entry.LogitsRows, entry.Samples ? 1 : 0, entry.Count);
        Assert.True(entry.Sequence.Blocks.Length * options.BlockSize >= entry.End, "a token has no block");
        Assert.True(entry.Sequence.Blocks.Length <= entry.Sequence.MaxBlocks);
    }

    /// <summary>Every block's users are exactly the sequences whose tables name it, and nobody writes into a block that others use.</summary>
    static void CheckBlocks(Driver driver, List<Sequence> sequences)
    {
        var pool = driver.Scheduler.Cache.Pool;
        var users = new int[driver.Options.Blocks];
        foreach (var block in sequences.SelectMany(s => s.Blocks.ToArray())) users[block.Value]++;
        for (var i = 0; i < users.Length; i++) Assert.Equal(users[i], pool.Users(new(i)));
        Assert.Equal(users.Count(u => u == 0), pool.Free);
        Assert.True(driver.Scheduler.Cache.Unpromised >= 0, "more blocks are promised than free");
        foreach (var entry in driver.Plan.Entries)
            for (var position = entry.Start; position < entry.End; position++)
                Assert.Equal(1, users[entry.Sequence.Blocks[position / driver.Options.BlockSize].Value]);
    }

    static void CheckEnded(Sequence sequence)
    {
        Assert.Equal(SequenceState.Finished, sequence.State);
        if (sequence.FinishReason == FinishReason.Cancelled) return;
        Assert.Equal(sequence.PromptLength + sequence.MaxTokens, sequence.Length);
        Assert.Equal(Enumerable.Range(1000 + sequence.PromptLength, sequence.MaxTokens), sequence.Tokens[sequence.PromptLength..].ToArray());
    }
}
