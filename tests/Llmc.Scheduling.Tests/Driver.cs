namespace Llmc.Scheduling.Tests;

/// <summary>Runs a scheduler without a model: the token sampled at position p of a sequence is a fixed function of both.</summary>
sealed class Driver
{
    public Driver(SchedulerOptions options)
    {
        Options = options;
        Scheduler = new(options);
        Plan = new(options);
    }

    public SchedulerOptions Options { get; }
    public Scheduler Scheduler { get; }
    public StepPlan Plan { get; }

    public Sequence Submit(int[] prompt, int maxTokens, int priority = 0, string? salt = null, int? logitsFrom = null, int[]? stop = null)
    {
        var sequence = Create(prompt, maxTokens, priority, salt, logitsFrom, stop);
        Assert.Equal(Submission.Accepted, Scheduler.Submit(sequence));
        return sequence;
    }

    public Sequence Create(int[] prompt, int maxTokens, int priority = 0, string? salt = null, int? logitsFrom = null, int[]? stop = null) =>
        Scheduler.CreateSequence(new(_next++), prompt, new(maxTokens)
        {
            Priority = priority,
            Salt = salt,
            LogitsFrom = logitsFrom,
            StopTokens = stop ?? [],
        });

    /// <summary>Plans and commits; the step in words: <c>r0:0+5 r1:7+1*</c> is request 0 from position 0, 5 tokens, and request 1 decoding.</summary>
    public string Step()
    {
        if (!Scheduler.Next(Plan)) return "";
        var words = string.Join(' ', Plan.Entries.ToArray().Select(e => $"r{e.Sequence.Id.Value}:{e.Start}+{e.Count}{(e.Samples ? "*" : "")}"));
        Commit();
        return words;
    }

    public void Commit() => Scheduler.Commit(Plan, [.. Plan.Entries.ToArray().Select(e => 1000 + e.End)]);

    public List<string> RunAll()
    {
        var steps = new List<string>();
        while (Step() is { Length: > 0 } step) steps.Add(step);
        return steps;
    }

    long _next;

    public static int[] Prompt(int length, int seed = 0) => [.. Enumerable.Range(seed * 100, length)];
}
