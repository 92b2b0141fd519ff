using Llmc.Artifact;
using Llmc.Scheduling;

namespace Llmc.Engine.Tests;

public unsafe class StepInputsTests
{
    /// <summary>B = 2, T = 8, blocks of 4 tokens, 16 tokens a sequence.</summary>
    static readonly Limits Limits = new(MaxSequences: 2, MaxTokens: 8, MaxSequenceLength: 16, BlockSize: 4, Blocks: 8, MaxLogitsRows: 8);

    [Fact]
    public void Describes_a_mixed_step_to_the_letter()
    {
        var (scheduler, plan) = (new Scheduler(SchedulerOptions.For(Limits)), new StepPlan(SchedulerOptions.For(Limits)));
        using var inputs = new StepInputs(Limits);
        scheduler.Submit(scheduler.CreateSequence(new(1), [10, 11, 12], new(5)));
        Assert.True(scheduler.Next(plan));
        scheduler.Commit(plan, [13]);
        scheduler.Submit(scheduler.CreateSequence(new(2), [20, 21, 22, 23, 24], new(1) { LogitsFrom = 3 }));
        Assert.True(scheduler.Next(plan));
        inputs.Fill(plan);
        ref readonly var step = ref inputs.Step;
        Assert.Equal((6, 2, 3, 4), (step.Tokens, step.Sequences, step.LogitsRows, step.BlocksPerSequence));
        Assert.Equal([13, 20, 21, 22, 23, 24], Ints(step.TokenIds, 6));
        Assert.Equal([3, 0, 1, 2, 3, 4], Ints(step.Positions, 6));
        Assert.Equal([3, 4, 5, 6, 7, 8], Ints(step.SlotMapping, 6));
        Assert.Equal([0, 1, 6], Ints(step.QueryStart, 3));
        Assert.Equal([4, 5], Ints(step.ContextLengths, 2));
        Assert.Equal([0, 0, 0, 0, 1, 2], Ints(step.BlockTables, 6));
        Assert.Equal([0, 4, 5], Ints(step.LogitsIndices, 3));
    }

    [Fact]
    public void Block_tables_are_written_by_differences()
    {
        using var inputs = new StepInputs(Limits);
        var (scheduler, plan) = (new Scheduler(SchedulerOptions.For(Limits)), new StepPlan(SchedulerOptions.For(Limits)));
        scheduler.Submit(scheduler.CreateSequence(new(1), [1, 2, 3, 4, 5, 6, 7], new(9)));
        var written = new List<int>();
        while (scheduler.Next(plan))
        {
            inputs.Fill(plan);
            written.Add(inputs.BlocksWritten);
            scheduler.Commit(plan, [9]);
        }
        Assert.Equal([2, 0, 1, 0, 0, 0, 1, 0, 0], written);   // positions 7, 8 to 11, 12 to 14
    }

    [Fact]
    public void Arrays_stand_at_64_byte_boundaries_that_never_move()
    {
        using var inputs = new StepInputs(Limits);
        ref readonly var step = ref inputs.Step;
        foreach (var array in new[] { (nint)step.TokenIds, (nint)step.Positions, (nint)step.SlotMapping, (nint)step.QueryStart, (nint)step.ContextLengths, (nint)step.BlockTables, (nint)step.LogitsIndices })
            Assert.Equal(0, array % 64);
        Assert.Equal(7 * 64, StepInputLayout.Of(Limits).Bytes);
    }

    static int[] Ints(int* values, int count) => new ReadOnlySpan<int>(values, count).ToArray();
}
