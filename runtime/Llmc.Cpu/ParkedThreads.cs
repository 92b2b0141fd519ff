using System.Runtime.ExceptionServices;

namespace Llmc.Cpu;

/// <summary>
/// Threads that run one function together, again and again: the caller is thread 0, the others are created once and sleep
/// between runs, after a few microseconds in which the next run often begins. A run allocates nothing.
/// </summary>
public sealed class ParkedThreads : IDisposable
{
    readonly Action<int> _body;
    readonly ManualResetEventSlim[] _starts;
    readonly ManualResetEventSlim _finished = new(true);
    readonly Thread[] _threads;
    Exception? _failure;
    int _running;
    volatile bool _stopping;

    /// <param name="count">Threads, the caller of <see cref="Run"/> included.</param>
    /// <param name="name">Prefix of the threads' names.</param>
    /// <param name="body">Called with 0 to <paramref name="count"/> - 1, each on its own thread.</param>
    public ParkedThreads(int count, string name, Action<int> body)
    {
        _body = body;
        _starts = [.. Enumerable.Range(1, count - 1).Select(_ => new ManualResetEventSlim(false))];
        _threads = [.. Enumerable.Range(1, count - 1).Select(i => new Thread(() => Serve(i)) { IsBackground = true, Name = $"{name}.{i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Runs the function on every thread and returns when all are done.</summary>
    /// <exception cref="Exception">Whatever the function threw first, on whichever thread.</exception>
    public void Run()
    {
        _failure = null;
        _running = _threads.Length;
        if (_running > 0) _finished.Reset();
        foreach (var start in _starts) start.Set();
        Guarded(0);
        _finished.Wait();
        if (_failure is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Ends the threads. Not while a run is under way.</summary>
    public void Dispose()
    {
        _stopping = true;
        foreach (var start in _starts) start.Set();
        foreach (var thread in _threads) thread.Join();
        foreach (var start in _starts) start.Dispose();
        _finished.Dispose();
    }

    void Serve(int index)
    {
        var start = _starts[index - 1];
        while (true)
        {
            start.Wait();
            if (_stopping) return;
            start.Reset();
            Guarded(index);
            if (Interlocked.Decrement(ref _running) == 0) _finished.Set();
        }
    }

    void Guarded(int index)
    {
        try
        {
            _body(index);
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
        }
    }
}
