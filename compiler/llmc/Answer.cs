using System.Diagnostics;
using System.Text;
using Llmc.Artifact;
using Llmc.Engine;
using Llmc.Scheduling;

namespace Llmc.CommandLine;

/// <summary>Turns the tokens of one answer into text and writes it as it comes.</summary>
sealed class Answer(EngineCore core, StopText text, TextWriter output, Stopwatch clock) : IRequestOutput
{
    readonly StringBuilder _written = new();
    TimeSpan _first;
    TimeSpan _last;
    int _tokens;
    FinishReason _reason;

    /// <summary>Set when the request was taken.</summary>
    public RequestId Id { get; set; }

    public LlmcException? Failure { get; private set; }

    public RunResult Result(int promptTokens) => new(
        _written.ToString(), _reason.ToString().ToLowerInvariant(), promptTokens, _tokens, Math.Round(_first.TotalSeconds, 4),
        _tokens > 1 ? Math.Round((_tokens - 1) / (_last - _first).TotalSeconds, 2) : 0);

    void IRequestOutput.Started(int cachedTokens)
    {
    }

    void IRequestOutput.Logits(int position, ReadOnlySpan<float> logits)
    {
    }

    void IRequestOutput.Token(in TokenOutput token)
    {
        _last = clock.Elapsed;
        if (_tokens++ == 0) _first = _last;
        Write(text.Append(token.Id));
        if (!text.Stopped) return;
        _reason = FinishReason.Stop;
        core.Cancel(Id);
    }

    void IRequestOutput.Finished(FinishReason reason, LlmcException? failure)
    {
        Write(text.Flush());
        Failure = failure;
        if (!text.Stopped) _reason = reason;
    }

    void Write(string piece)
    {
        _written.Append(piece);
        output.Write(piece);
        output.Flush();
    }
}
