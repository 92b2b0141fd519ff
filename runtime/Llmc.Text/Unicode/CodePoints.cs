using System.Globalization;
using System.Runtime.CompilerServices;

namespace Llmc.Text.Unicode;

/// <summary>Code points of well-formed UTF-16 text, and the sets of them that Hugging Face's tokenizers speak of.</summary>
static class CodePoints
{
    /// <summary>The code point that starts at <paramref name="index"/>, and how many UTF-16 units it takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int At(ReadOnlySpan<char> text, int index, out int length)
    {
        var unit = text[index];
        if (!char.IsHighSurrogate(unit) || index + 1 >= text.Length || !char.IsLowSurrogate(text[index + 1]))
        {
            length = 1;
            return unit;
        }
        length = 2;
        return char.ConvertToUtf32(unit, text[index + 1]);
    }

    /// <summary>The index of the code point that ends before <paramref name="index"/>, which is above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Before(ReadOnlySpan<char> text, int index) =>
        index >= 2 && char.IsLowSurrogate(text[index - 1]) && char.IsHighSurrogate(text[index - 2]) ? index - 2 : index - 1;

    /// <summary>The index of the first unit that is half a character, -1 when the text is well-formed.</summary>
    public static int IndexOfLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var at = 0; ;)
        {
            var next = text[at..].IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0) return -1;
            at += next;
            if (!char.IsHighSurrogate(text[at]) || at + 1 >= text.Length || !char.IsLowSurrogate(text[at + 1])) return at;
            at += 2;
        }
    }

    public static bool IsWhiteSpace(int codePoint) => codePoint < 0x10000 && char.IsWhiteSpace((char)codePoint);

    public static bool IsNumber(int codePoint) =>
        CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Unicode's word characters (UTS 18, annex C): alphabetic, marks, decimal digits, connectors and joiners.</summary>
    public static bool IsWord(int codePoint) => IsRegexWord(codePoint) || codePoint is 0x200C or 0x200D;

    /// <summary><see cref="IsWord"/> without the joiners.</summary>
    public static bool IsRegexWord(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
        // Circled and squared letters are alphabetic although their category says symbol.
        UnicodeCategory.OtherSymbol => codePoint is >= 0x24B6 and <= 0x24E9
            or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189,
        _ => false,
    };

    /// <summary>Punctuation as BERT and the Punctuation splitter mean it: ASCII symbols too.</summary>
    public static bool IsPunctuation(int codePoint)
    {
        if (codePoint < 128) return char.IsPunctuation((char)codePoint) || char.IsSymbol((char)codePoint);
        return CharUnicodeInfo.GetUnicodeCategory(codePoint) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation
            && !OlderUnicode.Contains(OlderUnicode.LaterPunctuation, codePoint) || codePoint == 0x166D;
    }

    /// <summary>The ideographs that BERT sets apart: CJK blocks, neither kana nor Hangul.</summary>
    public static bool IsBertIdeograph(int codePoint) => codePoint is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF
        or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F or >= 0x2B740 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF
        or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;

    /// <summary>What BERT's cleaning removes: controls other than tab and line ends, formats, private use, U+FFFD.</summary>
    public static bool IsBertControl(int codePoint) => codePoint is not ('\t' or '\n' or '\r')
        && (codePoint is 0 or 0xFFFD || CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.Control or UnicodeCategory.PrivateUse => true,
            UnicodeCategory.Format => !OlderUnicode.Contains(OlderUnicode.LaterFormats, codePoint),
            _ => false,
        });

    /// <summary>Marks without width, which BERT strips from decomposed letters.</summary>
    public static bool IsNonSpacingMark(int codePoint) => codePoint >= 0x300
        && (CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.NonSpacingMark
            && !OlderUnicode.Contains(OlderUnicode.LaterNonSpacingMarks, codePoint) || codePoint is 0x1734 or 0x1171E);

    /// <summary>Marks of all three kinds, which StripAccents removes.</summary>
    public static bool IsCombiningMark(int codePoint) => codePoint >= 0x300
        && (CharUnicodeInfo.GetUnicodeCategory(codePoint) is >= UnicodeCategory.NonSpacingMark and <= UnicodeCategory.EnclosingMark
            && !OlderUnicode.Contains(OlderUnicode.LaterCombiningMarks, codePoint) || codePoint is 0x1CF2 or 0x1CF3);
}
