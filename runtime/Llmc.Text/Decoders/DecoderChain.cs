using System.Text;

namespace Llmc.Text.Decoders;

/// <summary>One decoder of tokenizer.json.</summary>
abstract class TokenDecoder
{
    /// <summary>Whether all tokens become one here, so that later decoders see fragments of a single token.</summary>
    public virtual bool Fuses => false;

    /// <summary>A stage for one text.</summary>
    /// <param name="fused">Whether what is pushed are fragments of one token rather than tokens.</param>
    /// <param name="next">Takes what the stage makes.</param>
    public abstract DecoderStage Begin(bool fused, DecoderStage next);

    /// <summary>What a token that is not the first becomes, when looked at alone.</summary>
    public virtual string Inside(string token) => token;

    /// <summary>The bytes that a token stands for where they need not be a whole character; null where it stands for its text.</summary>
    public virtual byte[]? Bytes(string token) => null;
}

/// <summary>The decoders of a tokenizer, in order.</summary>
sealed class DecoderChain(IReadOnlyList<TokenDecoder> decoders)
{
    public DecoderStage Begin(TextSink sink)
    {
        DecoderStage stage = sink;
        for (var i = decoders.Count - 1; i >= 0; i--) stage = decoders[i].Begin(IsFusedBefore(i), stage);
        return stage;
    }

    bool IsFusedBefore(int index) => decoders.Take(index).Any(decoder => decoder.Fuses);

    /// <summary>The bytes of UTF-8 that a token adds to a text when it is not the first token.</summary>
    public byte[] BytesOf(string token)
    {
        foreach (var decoder in decoders)
        {
            if (decoder.Bytes(token) is { } bytes) return bytes;
            token = decoder.Inside(token);
        }
        return Encoding.UTF8.GetBytes(token);
    }
}
