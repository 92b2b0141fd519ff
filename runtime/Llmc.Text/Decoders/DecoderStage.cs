using System.Text;

namespace Llmc.Text.Decoders;

/// <summary>
/// A step on the way from tokens to text, at work on one text. Tokens are pushed in; what they become is pushed on to the
/// next stage. Nobody hears of a token twice, so the cost of a token does not depend on what came before it.
/// </summary>
abstract class DecoderStage(DecoderStage? next)
{
    protected DecoderStage Next => next!;

    public abstract void Push(string token);

    /// <summary>Between tokens: lets go what is complete so far, for a reader who cannot wait for the end.</summary>
    public virtual void Drain() => Next.Drain();

    /// <summary>There are no more tokens.</summary>
    public virtual void Flush() => Next.Flush();

    /// <summary>Whether this stage or a later one keeps something back: half a character, say.</summary>
    public virtual bool IsHolding => Next.IsHolding;
}

/// <summary>The end of the chain: the text.</summary>
sealed class TextSink() : DecoderStage(null)
{
    readonly StringBuilder text = new();

    public override void Push(string token) => text.Append(token);
    public override void Drain() { }
    public override void Flush() { }

    /// <summary>A text that ends with U+FFFD may be about to become something else.</summary>
    public override bool IsHolding => text.Length > 0 && text[^1] == '\uFFFD';

    /// <summary>What has arrived since the last call.</summary>
    public string Take()
    {
        var taken = text.ToString();
        text.Clear();
        return taken;
    }
}

/// <summary>Collects fragments of one text for a stage that must see it whole.</summary>
sealed class WholeText(DecoderStage next) : DecoderStage(next)
{
    readonly StringBuilder text = new();

    public override void Push(string token) => text.Append(token);
    public override void Drain() { }

    public override void Flush()
    {
        Next.Push(text.ToString());
        text.Clear();
        Next.Flush();
    }

    public override bool IsHolding => text.Length > 0;
}
