using System.Threading.Channels;
using Llmc.Artifact;
using Llmc.Engine.Sampling;
using Llmc.Scheduling;

namespace Llmc.Engine;

/// <summary>A token of an answer.</summary>
/// <param name="Logprob">Its log-probability; null unless asked for.</param>
/// <param name="Top">The most likely tokens, best first; empty unless asked for.</param>
public readonly record struct GeneratedToken(int Id, float? Logprob, IReadOnlyList<TokenLogprob> Top);

/// <summary>
/// The answer to a request, token by token, for one reader. A slow reader holds up nobody: tokens wait here. Stop strings are
/// the reader's, as it has the text: it cancels when it finds one and drops what arrives meanwhile.
/// </summary>
public sealed class TokenStream : IRequestOutput
{
    readonly Channel<GeneratedToken> _tokens =
        Channel.CreateUnbounded<GeneratedToken>(new() { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = false });
    readonly InferenceEngine _engine;
    bool _started;

    internal TokenStream(InferenceEngine engine) => _engine = engine;

    /// <summary>Identifies the request in logs.</summary>
    public RequestId Id { get; internal set; }

    /// <summary>Leading tokens of the prompt that were in the cache; known when the first token is here.</summary>
    public int CachedTokens { get; private set; }

    /// <summary>Why the answer ended; null before.</summary>
    public FinishReason? FinishReason { get; private set; }

    /// <summary>Tokens in order; completes when the answer has ended.</summary>
    /// <exception cref="LlmcException">LLMC0709 the engine failed, LLMC0710 the model's logits did.</exception>
    public IAsyncEnumerable<GeneratedToken> ReadAllAsync(CancellationToken cancellation = default) => _tokens.Reader.ReadAllAsync(cancellation);

    /// <summary>Tokens as they come, for readers that drain several at a time.</summary>
    public ChannelReader<GeneratedToken> Reader => _tokens.Reader;

    /// <summary>Ends the request, if it has not ended; the stream completes soon after. May be called from any thread, any number of times.</summary>
    public void Cancel() => _engine.Cancel(Id);

    void IRequestOutput.Started(int cachedTokens)
    {
        CachedTokens = cachedTokens;
        LeaveQueue();
    }

    void IRequestOutput.Logits(int position, ReadOnlySpan<float> logits)
    {
    }

    void IRequestOutput.Token(in TokenOutput token) =>
        _tokens.Writer.TryWrite(new(token.Id, token.Logprob, token.Top.IsEmpty ? [] : token.Top.ToArray()));

    void IRequestOutput.Finished(FinishReason reason, LlmcException? failure) => Finish(reason, failure);

    internal void Finish(FinishReason reason, LlmcException? failure)
    {
        LeaveQueue();
        FinishReason = reason;
        _tokens.Writer.TryComplete(failure);
    }

    void LeaveQueue()
    {
        if (_started) return;
        _started = true;
        _engine.LeaveQueue();
    }
}
