using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Llmc.Artifact;
using Llmc.Scheduling;

namespace Llmc.Engine;

/// <summary>
/// An engine that serves: requests come from any thread, one thread of the engine runs steps as long as there is work, and
/// answers flow back through streams.
/// </summary>
public sealed class InferenceEngine : IAsyncDisposable
{
    readonly EngineCore _core;
    readonly int _maxWaiting;
    readonly Channel<Command> _intake = Channel.CreateUnbounded<Command>(new() { SingleReader = true });
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    RankFailedException? _failure;
    volatile bool _stopping;
    volatile bool _cancelling;
    int _waiting;

    /// <summary>What the engine's thread is asked to do: to take a request, to end one, or neither, and just to look up.</summary>
    readonly record struct Command(Generation? Submitted, RequestId? Cancelled);

    /// <param name="core">Belongs to the engine from now on.</param>
    /// <param name="options">As the core got them.</param>
    public InferenceEngine(EngineCore core, EngineOptions? options = null)
    {
        (_core, _maxWaiting) = (core, (options ?? new()).MaxWaiting);
        new Thread(Run) { Name = "engine", IsBackground = true }.Start();
    }

    public Manifest Manifest => _core.Manifest;

    /// <summary>Requests that have not run yet.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Takes a request, or says why not, at once. The prompt is checked and hashed on the caller's thread.</summary>
    public bool TrySubmit(Request request, [NotNullWhen(true)] out TokenStream? stream, [NotNullWhen(false)] out Refusal? refusal)
    {
        var answer = new TokenStream(this);
        stream = null;
        if (!_core.TryPrepare(request, answer, out var generation, out refusal)) return false;
        answer.Id = generation.Sequence.Id;
        refusal = Enqueue(generation);
        if (refusal is not null) return false;
        stream = answer;
        return true;
    }

    /// <summary>Takes no more requests and waits for the answers under way; a cancelled token cancels those too.</summary>
    public async Task DrainAsync(CancellationToken cancellation = default)
    {
        _stopping = true;
        _intake.Writer.TryWrite(default);
        using var registration = cancellation.Register(() => _cancelling = true);
        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Drains, then frees memory and threads.</summary>
    public async ValueTask DisposeAsync()
    {
        await DrainAsync().ConfigureAwait(false);
        _core.Dispose();
    }

    internal void Cancel(RequestId id) => _intake.Writer.TryWrite(new(null, id));

    internal void LeaveQueue() => Interlocked.Decrement(ref _waiting);

    Refusal? Enqueue(Generation generation)
    {
        var waiting = Interlocked.Increment(ref _waiting);
        if (waiting <= _maxWaiting && !_stopping && _intake.Writer.TryWrite(new(generation, null))) return null;
        LeaveQueue();
        return new(waiting > _maxWaiting ? Diagnostics.QueueFull.With(waiting - 1) : ReasonForEnding());
    }

    void Run()
    {
        try
        {
            do TakeCommands();
            while (_core.Step() || WaitForCommand());
        }
        catch (RankFailedException failure)
        {
            Volatile.Write(ref _failure, failure);
        }
        EndAll();
    }

    void TakeCommands()
    {
        while (_intake.Reader.TryRead(out var command))
        {
            if (command.Submitted is { } generation && _core.Enqueue(generation) is { } refusal)
                generation.Output.Finished(FinishReason.Failed, refusal.Reason);
            if (command.Cancelled is { } id) _core.Cancel(id);
        }
        if (_cancelling) _core.CancelAll();
    }

    /// <summary>Sleeps until there is something to do; false when there never will be.</summary>
    bool WaitForCommand() =>
        _intake.Reader.TryPeek(out _) || !_stopping && _intake.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Answers all who still wait for one: after a failure everybody, after a drain those who came as the door closed.</summary>
    void EndAll()
    {
        _stopping = true;
        _intake.Writer.TryComplete();
        var reason = ReasonForEnding();
        _core.EndAll(FinishReason.Failed, reason);
        while (_intake.Reader.TryRead(out var command)) command.Submitted?.Output.Finished(FinishReason.Failed, reason);
        _ended.SetResult();
    }

    LlmcException ReasonForEnding() =>
        Volatile.Read(ref _failure) is { } failure ? Diagnostics.EngineFailed.Because(failure, failure.Message) : Diagnostics.EngineStopping.With();
}
