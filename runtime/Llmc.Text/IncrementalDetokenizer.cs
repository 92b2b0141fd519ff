using Llmc.Text.Decoders;

namespace Llmc.Text;

/// <summary>
/// The text of an answer while it is being made. What comes out, joined, is what decoding all ids at once would give; it
/// never ends inside a character. A token costs the same however long the answer already is.
/// </summary>
public sealed class IncrementalDetokenizer
{
    readonly HuggingFaceTokenizer tokenizer;
    readonly TextSink sink = new();
    readonly DecoderStage stages;
    readonly bool skipSpecialTokens;

    internal IncrementalDetokenizer(HuggingFaceTokenizer tokenizer, DecoderChain decoders, bool skipSpecialTokens)
    {
        (this.tokenizer, this.skipSpecialTokens) = (tokenizer, skipSpecialTokens);
        stages = decoders.Begin(sink);
    }

    /// <summary>The text that may be shown now that this id has come; empty while a character is incomplete.</summary>
    public string Append(int id)
    {
        if (tokenizer.Shown(id, skipSpecialTokens) is not { } token) return "";
        stages.Push(token);
        stages.Drain();
        return stages.IsHolding ? "" : sink.Take();
    }

    /// <summary>What is left at the end of the answer, U+FFFD for bytes that never became a character.</summary>
    public string Flush()
    {
        stages.Flush();
        return sink.Take();
    }
}
