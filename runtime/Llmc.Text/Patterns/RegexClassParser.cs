using System.Globalization;
using Llmc.Text.Unicode;

namespace Llmc.Text.Patterns;

/// <summary>Reads what stands for one code point: escapes, and classes in brackets, which may nest and intersect.</summary>
sealed class RegexClassParser(string pattern)
{
    /// <summary>Reads <c>[…]</c> at <paramref name="at"/>.</summary>
    public CodePointSet ParseClass(ref int at, bool ignoreCase, int depth = 0)
    {
        var start = at++;
        if (depth > 20) throw new RegexSyntaxException(start, "classes nested deeper than 20");
        var negative = at < pattern.Length && pattern[at] == '^';
        if (negative) at++;
        if (at < pattern.Length && pattern[at] == ']') throw new RegexSyntaxException(at, "an empty class");
        CodePointSet? left = null;
        var parts = new List<CodePointSet>();
        while (true)
        {
            if (at >= pattern.Length) throw new RegexSyntaxException(start, "a '[' without its ']'");
            if (pattern[at] == ']') break;
            if (pattern.AsSpan(at).StartsWith("&&"))
            {
                at += 2;
                left = Intersect(left, parts);
                parts = [];
            }
            else parts.Add(ParsePart(ref at, ignoreCase, depth));
        }
        at++;
        var set = Intersect(left, parts);
        return negative ? new ComplementSet(set) : set;
    }

    static CodePointSet Intersect(CodePointSet? left, List<CodePointSet> parts)
    {
        var right = parts.Count == 0 ? CodePointSet.Empty : CodePointSet.Union(parts);
        return left is null ? right : new IntersectionSet(left, right);
    }

    CodePointSet ParsePart(ref int at, bool ignoreCase, int depth)
    {
        if (pattern.AsSpan(at).StartsWith("[:")) return ParsePosixBracket(ref at);
        if (pattern[at] == '[') return ParseClass(ref at, ignoreCase, depth + 1);
        var start = at;
        var first = ParseSingle(ref at, ignoreCase);
        var isRange = first is RangeSet && at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] is not (']' or '[');
        if (!isRange) return first is RangeSet { First: var only } ? Fold(first, only, only, ignoreCase, start) : first;
        at++;
        var (low, high) = (((RangeSet)first).First, ParseSingle(ref at, ignoreCase) as RangeSet);
        if (high is null || high.First < low) throw new RegexSyntaxException(start, "a range that does not go upwards");
        return Fold(new RangeSet(low, high.First), low, high.First, ignoreCase, start);
    }

    CodePointSet ParseSingle(ref int at, bool ignoreCase)
    {
        if (pattern[at] == '\\') return ParseEscape(ref at, ignoreCase, inClass: true);
        var codePoint = CodePoints.At(pattern, at, out var length);
        at += length;
        return CodePointSet.Of(codePoint);
    }

    CodePointSet ParsePosixBracket(ref int at)
    {
        var end = pattern.IndexOf(":]", at, StringComparison.Ordinal);
        if (end < 0) throw new RegexSyntaxException(at, "a '[:' without its ':]'");
        var name = pattern[(at + 2)..end];
        var negative = name.StartsWith('^');
        var set = UnicodeProperties.Find(negative ? name[1..] : name, inClass: true)
            ?? throw new RegexSyntaxException(at, $"the class '[:{name}:]'");
        at = end + 2;
        return negative ? new ComplementSet(set) : set;
    }

    /// <summary>Reads what follows a backslash at <paramref name="at"/>; a <see cref="RangeSet"/> when it is one code point.</summary>
    public CodePointSet ParseEscape(ref int at, bool ignoreCase, bool inClass = false)
    {
        var start = at;
        if (at + 1 >= pattern.Length) throw new RegexSyntaxException(start, "a '\\' at the end");
        var letter = pattern[at + 1];
        at += 2;
        switch (letter)
        {
            case 'd' or 's' or 'w' or 'h': return UnicodeProperties.Escape(letter, inClass);
            case 'D' or 'S' or 'W' or 'H': return new ComplementSet(UnicodeProperties.Escape(char.ToLowerInvariant(letter), inClass));
            case 'p' or 'P': return ParseProperty(ref at, letter == 'P', ignoreCase, inClass);
            case 'n': return CodePointSet.Of('\n');
            case 't': return CodePointSet.Of('\t');
            case 'r': return CodePointSet.Of('\r');
            case 'f': return CodePointSet.Of('\f');
            case 'v': return CodePointSet.Of('\v');
            case 'a': return CodePointSet.Of('\a');
            case 'e': return CodePointSet.Of(0x1B);
            case 'b' when inClass: return CodePointSet.Of('\b');
            case 'x' or 'u': return CodePointSet.Of(ParseHex(ref at, letter));
            case >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9':
                throw new RegexSyntaxException(start, $"the escape '\\{letter}'");
        }
        at = start + 1;
        var codePoint = CodePoints.At(pattern, at, out var length);
        at += length;
        return inClass ? CodePointSet.Of(codePoint) : Fold(CodePointSet.Of(codePoint), codePoint, codePoint, ignoreCase, start);
    }

    // \xHH is a byte of UTF-8 from 80 on, so only ASCII is a character by itself; \x{H…} and \uHHHH are code points.
    int ParseHex(ref int at, char letter)
    {
        var start = at - 2;
        var braced = letter == 'x' && at < pattern.Length && pattern[at] == '{';
        var end = braced ? pattern.IndexOf('}', at) : at + (letter == 'u' ? 4 : 2);
        var digits = end < 0 || end > pattern.Length ? "" : pattern[(braced ? at + 1 : at)..end];
        if (digits.Length is 0 or > 8 || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || value is < 0 or > 0x10FFFF || letter == 'x' && !braced && value > 0x7F)
            throw new RegexSyntaxException(start, $"the escape '\\{letter}' without a code point");
        at = braced ? end + 1 : end;
        return value;
    }

    CodePointSet ParseProperty(ref int at, bool negative, bool ignoreCase, bool inClass)
    {
        var start = at - 2;
        var end = at < pattern.Length && pattern[at] == '{' ? pattern.IndexOf('}', at) : -1;
        if (end < 0) throw new RegexSyntaxException(start, "a property without braces");
        var name = pattern[(at + 1)..end];
        at = end + 1;
        if (name.StartsWith('^')) (negative, name) = (!negative, name[1..]);
        var set = UnicodeProperties.Find(name, inClass) ?? throw new RegexSyntaxException(start, $"the property '{name}'");
        if (ignoreCase && set.Contains('A') != set.Contains('a'))
            throw new RegexSyntaxException(start, $"the property '{name}' where case is ignored");
        return negative ? new ComplementSet(set) : set;
    }

    /// <summary>
    /// The set with the other cases of its letters, when case is ignored. Beyond ASCII, folding needs tables that patterns
    /// of published tokenizers have never needed: such letters are refused.
    /// </summary>
    public static CodePointSet Fold(CodePointSet set, int first, int last, bool ignoreCase, int position)
    {
        if (!ignoreCase) return set;
        if (last >= 0x80) throw new RegexSyntaxException(position, "a character beyond ASCII where case is ignored");
        var parts = new List<CodePointSet> { set };
        for (var codePoint = first; codePoint <= last; codePoint++)
        {
            if (!char.IsAsciiLetter((char)codePoint)) continue;
            parts.Add(CodePointSet.Of(codePoint ^ 0x20));
            if ((codePoint | 0x20) == 's') parts.Add(CodePointSet.Of(0x17F));   // ſ
            if ((codePoint | 0x20) == 'k') parts.Add(CodePointSet.Of(0x212A));  // the Kelvin sign
        }
        return CodePointSet.Union(parts);
    }
}
