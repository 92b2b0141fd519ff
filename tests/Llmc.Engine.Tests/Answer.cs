using Llmc.Artifact;
using Llmc.Engine.Sampling;
using Llmc.Scheduling;

namespace Llmc.Engine.Tests;

/// <summary>Keeps all that an engine says about a request.</summary>
sealed class Answer : IRequestOutput
{
    public List<int> Tokens { get; } = [];
    public List<float?> Logprobs { get; } = [];
    public List<TokenLogprob[]> Tops { get; } = [];
    public Dictionary<int, float[]> Rows { get; } = [];
    public int? CachedTokens { get; private set; }
    public FinishReason? Reason { get; private set; }
    public LlmcException? Failure { get; private set; }

    /// <summary>Called after each token.</summary>
    public Action<Answer> OnToken { get; set; } = _ => { };

    public void Started(int cachedTokens)
    {
        Assert.Null(CachedTokens);
        CachedTokens = cachedTokens;
    }

    public void Logits(int position, ReadOnlySpan<float> logits) => Rows.Add(position, logits.ToArray());

    public void Token(in TokenOutput token)
    {
        Assert.Null(Reason);
        Tokens.Add(token.Id);
        Logprobs.Add(token.Logprob);
        Tops.Add(token.Top.ToArray());
        OnToken(this);
    }

    public void Finished(FinishReason reason, LlmcException? failure)
    {
        Assert.Null(Reason);
        (Reason, Failure) = (reason, failure);
    }
}

static class CoreExtensions
{
    public static (Answer Answer, RequestId Id) Submit(this EngineCore core, Request request)
    {
        var answer = new Answer();
        Assert.True(core.TrySubmit(request, answer, out var id, out var refusal), refusal?.Message);
        return (answer, id);
    }

    public static void RunAll(this EngineCore core)
    {
        while (core.Step()) ;
    }
}
