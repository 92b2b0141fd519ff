using System.Text;

namespace Llmc.Text.Decoders;

/// <summary>A decoder that turns one token into one, knowing at most whether it is the first.</summary>
abstract class PlainDecoder : TokenDecoder
{
    protected abstract string Decode(string token, bool isFirst);

    /// <summary>Whether fragments of a token may be decoded one by one.</summary>
    protected virtual bool WorksOnFragments => false;

    public override string Inside(string token) => Decode(token, isFirst: false);

    public override DecoderStage Begin(bool fused, DecoderStage next) =>
        fused && !WorksOnFragments ? new WholeText(new Stage(this, next)) : new Stage(this, next);

    sealed class Stage(PlainDecoder decoder, DecoderStage next) : DecoderStage(next)
    {
        bool isFirst = true;

        public override void Push(string token)
        {
            Next.Push(decoder.Decode(token, isFirst));
            isFirst = false;
        }
    }
}

/// <summary>Replaces matches inside each token.</summary>
sealed class ReplaceDecoder(Normalizers.Replace replace, bool singleCharacter) : PlainDecoder
{
    protected override bool WorksOnFragments => singleCharacter;
    protected override string Decode(string token, bool isFirst) => replace.Rewrite(token);
}

/// <summary>Spaces for marks; those of the first token are dropped where one was put there when encoding.</summary>
sealed class MetaspaceDecoder(string mark, bool prepends) : PlainDecoder
{
    protected override string Decode(string token, bool isFirst) =>
        token.Replace(mark, isFirst && prepends ? "" : " ", StringComparison.Ordinal);
}

/// <summary>Spaces between words, none before continuations.</summary>
sealed class WordPieceDecoder(string prefix, bool cleanUp) : PlainDecoder
{
    protected override string Decode(string token, bool isFirst)
    {
        if (!isFirst) token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return cleanUp ? CleanUp(token) : token;
    }

    // The spaces that tokenizing English put before punctuation and contractions.
    static string CleanUp(string text) => new StringBuilder(text)
        .Replace(" .", ".").Replace(" ?", "?").Replace(" !", "!").Replace(" ,", ",").Replace(" ' ", "'").Replace(" n't", "n't")
        .Replace(" 'm", "'m").Replace(" do not", " don't").Replace(" 's", "'s").Replace(" 've", "'ve").Replace(" 're", "'re")
        .ToString();
}

/// <summary>What happens where tokenizer.json names no decoder: a space between tokens.</summary>
sealed class SpaceDecoder : PlainDecoder
{
    protected override string Decode(string token, bool isFirst) => isFirst ? token : " " + token;
}

/// <summary>Makes one token of all.</summary>
sealed class FuseDecoder : TokenDecoder
{
    public override bool Fuses => true;
    public override DecoderStage Begin(bool fused, DecoderStage next) => next;
}

/// <summary>Removes up to so many of a character from either end of each token.</summary>
sealed class StripDecoder(char content, int start, int stop) : TokenDecoder
{
    public override DecoderStage Begin(bool fused, DecoderStage next) =>
        !fused ? new TokenStage(this, next) : stop == 0 ? new StartStage(content, start, next) : new WholeText(new TokenStage(this, next));

    string Strip(string token)
    {
        var (first, end) = (0, token.Length);
        while (first < token.Length && first < start && token[first] == content) first++;
        while (end > first && token.Length - end < stop && token[end - 1] == content) end--;
        return token[first..end];
    }

    sealed class TokenStage(StripDecoder decoder, DecoderStage next) : DecoderStage(next)
    {
        public override void Push(string token) => Next.Push(decoder.Strip(token));
    }

    sealed class StartStage(char content, int remaining, DecoderStage next) : DecoderStage(next)
    {
        int remaining = remaining;

        public override void Push(string token)
        {
            var first = 0;
            while (first < token.Length && first < remaining && token[first] == content) first++;
            remaining = first < token.Length ? 0 : remaining - first;
            Next.Push(token[first..]);
        }
    }
}
