using Llmc.Artifact;
using Llmc.Engine.Sampling;
using Llmc.Scheduling;

namespace Llmc.Engine;

/// <summary>
/// Where a request's answer goes. Called on the thread that runs steps, in the order of the methods here; must be quick and
/// must not throw. May call <see cref="EngineCore.Cancel"/> for its own request, which is how a caller that finds a stop
/// string in the text ends it.
/// </summary>
public interface IRequestOutput
{
    /// <summary>The request runs for the first time.</summary>
    /// <param name="cachedTokens">Leading tokens of the prompt that were in the cache.</param>
    void Started(int cachedTokens);

    /// <summary>A row of logits, for each position from <see cref="Request.LogitsFrom"/> on.</summary>
    /// <param name="logits">f32[V], as the model computed them; valid during the call.</param>
    void Logits(int position, ReadOnlySpan<float> logits);

    /// <summary>The next token; one that ends the answer is reported too.</summary>
    void Token(in TokenOutput token);

    /// <summary>Nothing follows.</summary>
    /// <param name="failure">The reason for <see cref="FinishReason.Failed"/>.</param>
    void Finished(FinishReason reason, LlmcException? failure);
}

/// <summary>A generated token; valid during the call that brings it.</summary>
public readonly ref struct TokenOutput
{
    public required int Id { get; init; }

    /// <summary>Log-probability of the token; null unless <see cref="Request.TopLogprobs"/> asks for it.</summary>
    public float? Logprob { get; init; }

    /// <summary>The most likely tokens, best first.</summary>
    public ReadOnlySpan<TokenLogprob> Top { get; init; }
}
