using System.Text;
using Llmc.Text.Unicode;

namespace Llmc.Text.Normalizers;

/// <summary>Replaces and removes single characters: -1 stands for nothing.</summary>
abstract class CharacterNormalizer : INormalizer
{
    protected abstract int Map(int codePoint);

    public void Normalize(NormalizedText text)
    {
        var source = text.Text;
        var at = FirstChange(source);
        if (at == source.Length) return;
        var removesStart = at == 0 && Map(CodePoints.At(source, 0, out _)) < 0;
        var written = new StringBuilder(source.Length).Append(source, 0, at);
        for (int length; at < source.Length; at += length)
        {
            var mapped = Map(CodePoints.At(source, at, out length));
            if (mapped >= 0) written.Append(char.ConvertFromUtf32(mapped));
        }
        text.Become(written.ToString(), keepsStart: !removesStart);
    }

    int FirstChange(string source)
    {
        var at = 0;
        for (int length; at < source.Length; at += length)
        {
            var codePoint = CodePoints.At(source, at, out length);
            if (Map(codePoint) != codePoint) break;
        }
        return at;
    }
}

/// <summary>Removes every combining mark. It does not decompose: an NFD before it does.</summary>
sealed class StripAccents : CharacterNormalizer
{
    protected override int Map(int codePoint) => CodePoints.IsCombiningMark(codePoint) ? -1 : codePoint;
}

/// <summary>What sentencepiece's "nmt" rules do to control characters and odd spaces.</summary>
sealed class Nmt : CharacterNormalizer
{
    protected override int Map(int codePoint) => codePoint switch
    {
        >= 0x01 and <= 0x08 or 0x0B or >= 0x0E and <= 0x1F or 0x7F or 0x8F or 0x9F => -1,
        '\t' or '\n' or '\f' or '\r' or 0x1680 or >= 0x200B and <= 0x200F or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => ' ',
        _ => codePoint,
    };
}

/// <summary>Lower case without regard to language or context.</summary>
sealed class Lowercase : INormalizer
{
    public void Normalize(NormalizedText text) => text.Become(Lower(text.Text));

    /// <summary>Capital dotted I is the one letter whose lower case is two characters.</summary>
    public static string Lower(string text) =>
        text.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal);
}

/// <summary>Removes white space from the ends.</summary>
sealed class Strip(bool left, bool right) : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        var source = text.Text;
        var (start, end) = (0, source.Length);
        while (left && start < end && char.IsWhiteSpace(source[start])) start++;
        while (right && end > start && char.IsWhiteSpace(source[end - 1])) end--;
        text.Become(source[start..end], keepsStart: start == 0);
    }
}

/// <summary>Puts a text before every text that is not empty.</summary>
sealed class Prepend(string prefix) : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        if (text.Text.Length > 0) text.Become(prefix + text.Text);
    }
}

/// <summary>Spells every byte of the UTF-8 form as one character of the byte-level alphabet.</summary>
sealed class ByteLevelNormalizer : INormalizer
{
    public void Normalize(NormalizedText text)
    {
        var written = new StringBuilder(text.Text.Length);
        ByteAlphabet.Append(text.Text, written);
        text.Become(written.ToString());
    }
}
