using System.Security.Cryptography;
using Llmc.Engine.Sampling;
using Llmc.Scheduling;

namespace Llmc.Engine;

/// <summary>A request on its way: its sequence, and what the engine must know to sample for it and to answer.</summary>
sealed class Generation
{
    readonly SamplingParameters _sampling;
    readonly ulong _seed;
    readonly TokenBias[] _bias;
    readonly int[] _stopTokens;
    readonly int _minTokens;

    public Generation(Request request, Sequence sequence, int[] stopTokens, IRequestOutput output)
    {
        (Sequence, Output, TopLogprobs, LogitsFrom) = (sequence, output, request.TopLogprobs, request.LogitsFrom);
        (_sampling, _stopTokens, _minTokens) = (request.Sampling, stopTokens, request.MinTokens);
        _seed = request.Sampling.Seed ?? RandomSeed();
        _bias = [.. (request.Sampling.LogitBias ?? new Dictionary<int, float>()).Select(b => new TokenBias(b.Key, b.Value))];
    }

    public Sequence Sequence { get; }
    public IRequestOutput Output { get; }
    public int? TopLogprobs { get; }
    public int? LogitsFrom { get; }

    /// <summary>What sampling the next token depends on.</summary>
    public SamplingContext SamplingContext => new()
    {
        Parameters = _sampling,
        Seed = _seed,
        Tokens = Sequence.Tokens,
        PromptLength = Sequence.PromptLength,
        Bias = _bias,
        Forbidden = Sequence.Generated < _minTokens ? _stopTokens : [],
    };

    static ulong RandomSeed()
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(seed);
        return BitConverter.ToUInt64(seed);
    }
}
