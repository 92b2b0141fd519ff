using System.Globalization;

namespace Llmc.Text.Patterns;

/// <summary>The properties and short classes that patterns name.</summary>
static class UnicodeProperties
{
    /// <summary>The set of <c>\d</c>, <c>\s</c>, <c>\w</c> or <c>\h</c>.</summary>
    public static CodePointSet Escape(char letter, bool inClass) => letter switch
    {
        'd' => Categories(UnicodeCategory.DecimalDigitNumber),
        's' => WhiteSpace,
        'w' => new WordSet(inClass),
        _ => HexDigits,
    };

    /// <summary>The set of <c>\p{name}</c> or <c>[:name:]</c>; case, spaces, '-' and '_' do not matter. Null when it is not known.</summary>
    public static CodePointSet? Find(string name, bool inClass) =>
        name.ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal)
            .Replace("-", "", StringComparison.Ordinal) switch
        {
            "l" or "letter" => Range(UnicodeCategory.UppercaseLetter, UnicodeCategory.OtherLetter),
            "lu" or "uppercaseletter" => Categories(UnicodeCategory.UppercaseLetter),
            "ll" or "lowercaseletter" => Categories(UnicodeCategory.LowercaseLetter),
            "lt" or "titlecaseletter" => Categories(UnicodeCategory.TitlecaseLetter),
            "lm" or "modifierletter" => Categories(UnicodeCategory.ModifierLetter),
            "lo" or "otherletter" => Categories(UnicodeCategory.OtherLetter),
            "m" or "mark" or "combiningmark" => Range(UnicodeCategory.NonSpacingMark, UnicodeCategory.EnclosingMark),
            "mn" or "nonspacingmark" => Categories(UnicodeCategory.NonSpacingMark),
            "mc" or "spacingmark" => Categories(UnicodeCategory.SpacingCombiningMark),
            "me" or "enclosingmark" => Categories(UnicodeCategory.EnclosingMark),
            "n" or "number" => Range(UnicodeCategory.DecimalDigitNumber, UnicodeCategory.OtherNumber),
            "nd" or "decimalnumber" or "digit" => Categories(UnicodeCategory.DecimalDigitNumber),
            "nl" or "letternumber" => Categories(UnicodeCategory.LetterNumber),
            "no" or "othernumber" => Categories(UnicodeCategory.OtherNumber),
            "p" or "punctuation" => Range(UnicodeCategory.ConnectorPunctuation, UnicodeCategory.OtherPunctuation),
            "pc" or "connectorpunctuation" => Categories(UnicodeCategory.ConnectorPunctuation),
            "pd" or "dashpunctuation" => Categories(UnicodeCategory.DashPunctuation),
            "ps" or "openpunctuation" => Categories(UnicodeCategory.OpenPunctuation),
            "pe" or "closepunctuation" => Categories(UnicodeCategory.ClosePunctuation),
            "pi" or "initialpunctuation" => Categories(UnicodeCategory.InitialQuotePunctuation),
            "pf" or "finalpunctuation" => Categories(UnicodeCategory.FinalQuotePunctuation),
            "po" or "otherpunctuation" => Categories(UnicodeCategory.OtherPunctuation),
            "s" or "symbol" => Range(UnicodeCategory.MathSymbol, UnicodeCategory.OtherSymbol),
            "sm" or "mathsymbol" => Categories(UnicodeCategory.MathSymbol),
            "sc" or "currencysymbol" => Categories(UnicodeCategory.CurrencySymbol),
            "sk" or "modifiersymbol" => Categories(UnicodeCategory.ModifierSymbol),
            "so" or "othersymbol" => Categories(UnicodeCategory.OtherSymbol),
            "z" or "separator" => Range(UnicodeCategory.SpaceSeparator, UnicodeCategory.ParagraphSeparator),
            "zs" or "spaceseparator" => Categories(UnicodeCategory.SpaceSeparator),
            "zl" or "lineseparator" => Categories(UnicodeCategory.LineSeparator),
            "zp" or "paragraphseparator" => Categories(UnicodeCategory.ParagraphSeparator),
            "c" or "other" => CodePointSet.Union([Range(UnicodeCategory.Control, UnicodeCategory.PrivateUse), Categories(UnicodeCategory.OtherNotAssigned)]),
            "cc" or "control" or "cntrl" => Categories(UnicodeCategory.Control),
            "cf" or "format" => Categories(UnicodeCategory.Format),
            "co" or "privateuse" => Categories(UnicodeCategory.PrivateUse),
            "cn" or "unassigned" => Categories(UnicodeCategory.OtherNotAssigned),
            "punct" => CodePointSet.Union([Range(UnicodeCategory.ConnectorPunctuation, UnicodeCategory.OtherPunctuation), Range(UnicodeCategory.MathSymbol, UnicodeCategory.OtherSymbol)]),
            "space" or "whitespace" => WhiteSpace,
            "word" => new WordSet(inClass),
            "xdigit" => HexDigits,
            "ascii" => new RangeSet(0, 0x7F),
            "any" => new RangeSet(0, 0x10FFFF),
            "han" => new RangesSet([.. Han]),
            _ => null,
        };

    static CodePointSet WhiteSpace => CodePointSet.Union(
        [new RangeSet('\t', '\r'), CodePointSet.Of(0x85), Range(UnicodeCategory.SpaceSeparator, UnicodeCategory.ParagraphSeparator)]);

    static CodePointSet HexDigits => CodePointSet.Union([new RangeSet('0', '9'), new RangeSet('A', 'F'), new RangeSet('a', 'f')]);

    static CategorySet Categories(UnicodeCategory category) => new(1 << (int)category);

    static CategorySet Range(UnicodeCategory first, UnicodeCategory last) => new((2 << (int)last) - (1 << (int)first));

    // Unicode 16, Script=Han.
    static ReadOnlySpan<int> Han =>
    [
        0x2E80, 0x2E99, 0x2E9B, 0x2EF3, 0x2F00, 0x2FD5, 0x3005, 0x3005, 0x3007, 0x3007, 0x3021, 0x3029, 0x3038, 0x303B,
        0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xF900, 0xFA6D, 0xFA70, 0xFAD9, 0x16FE2, 0x16FE3, 0x16FF0, 0x16FF1,
        0x20000, 0x2A6DF, 0x2A700, 0x2B739, 0x2B740, 0x2B81D, 0x2B820, 0x2CEA1, 0x2CEB0, 0x2EBE0, 0x2EBF0, 0x2EE5D,
        0x2F800, 0x2FA1D, 0x30000, 0x3134A, 0x31350, 0x323AF,
    ];
}
