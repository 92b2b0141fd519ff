using Llmc.Text.Unicode;

namespace Llmc.Text.Patterns;

/// <summary>
/// Reads Oniguruma's syntax, the one that tokenizer.json patterns are written in. It differs from .NET's in more than
/// spelling: classes nest and intersect, <c>x{1,3}+</c> repeats instead of being possessive, <c>\h</c> is a hex digit, and
/// everything counts code points. What would need a guess is refused with its position.
/// </summary>
sealed class RegexParser
{
    const int DeepestNesting = 100;
    readonly string pattern;
    readonly RegexClassParser classes;
    int at, depth;
    bool ignoreCase, dotMatchesNewline;

    RegexParser(string pattern)
    {
        this.pattern = pattern;
        classes = new RegexClassParser(pattern);
    }

    /// <exception cref="RegexSyntaxException">The pattern is malformed or uses what is not supported.</exception>
    public static RegexNode Parse(string pattern)
    {
        var parser = new RegexParser(pattern);
        var node = parser.ParseAlternation();
        return parser.at == pattern.Length ? node : throw new RegexSyntaxException(parser.at, "a ')' without its '('");
    }

    char Current => at < pattern.Length ? pattern[at] : '\0';
    bool AtEnd => at >= pattern.Length;

    bool Take(string text)
    {
        if (string.CompareOrdinal(pattern, at, text, 0, text.Length) != 0) return false;
        at += text.Length;
        return true;
    }

    RegexNode ParseAlternation()
    {
        if (++depth > DeepestNesting) throw new RegexSyntaxException(at, $"groups nested deeper than {DeepestNesting}");
        var choices = new List<RegexNode> { ParseConcatenation() };
        while (Take("|")) choices.Add(ParseConcatenation());
        depth--;
        return choices.Count == 1 ? choices[0] : new Alternation(choices);
    }

    RegexNode ParseConcatenation()
    {
        var parts = new List<RegexNode>();
        while (!AtEnd && Current is not ('|' or ')'))
        {
            var start = at;
            var atom = ParseAtom();
            if (atom is null) continue;
            parts.Add(ParseQuantifiers(atom));
            if (ignoreCase) RefuseFoldsOfSeveralLetters(parts, start);
        }
        return parts.Count == 1 ? parts[0] : new Concatenation(parts);
    }

    // Full case folding matches ß for ss, ﬁ for fi and so on: one character for two of the pattern.
    static void RefuseFoldsOfSeveralLetters(List<RegexNode> parts, int position)
    {
        if (parts.Count < 2) return;
        foreach (var pair in (ReadOnlySpan<string>)["ss", "st", "ff", "fi", "fl"])
            if (parts[^2] is OneOf first && parts[^1] is OneOf second && first.Set.Contains(pair[0]) && second.Set.Contains(pair[1])
                && !first.Set.Contains('!') && !second.Set.Contains('!'))
                throw new RegexSyntaxException(position, $"'{pair}' where case is ignored");
    }

    /// <summary>Null for what matches nothing by itself: a comment.</summary>
    RegexNode? ParseAtom()
    {
        switch (Current)
        {
            case '(': return ParseGroup();
            case '[': return new OneOf(classes.ParseClass(ref at, ignoreCase));
            case '.': at++; return new OneOf(dotMatchesNewline ? new RangeSet(0, 0x10FFFF) : new ComplementSet(CodePointSet.Of('\n')));
            case '^': at++; return new Anchor(AnchorKind.LineStart);
            case '$': at++; return new Anchor(AnchorKind.LineEnd);
            case '\\': return ParseEscape();
            case '*' or '+' or '?': throw new RegexSyntaxException(at, $"'{Current}' with nothing before it to repeat");
            default:
                var codePoint = CodePoints.At(pattern, at, out var length);
                at += length;
                return new OneOf(RegexClassParser.Fold(CodePointSet.Of(codePoint), codePoint, codePoint, ignoreCase, at));
        }
    }

    RegexNode ParseEscape()
    {
        AnchorKind? anchor = at + 1 < pattern.Length ? pattern[at + 1] switch
        {
            'b' => AnchorKind.WordBoundary,
            'B' => AnchorKind.NotWordBoundary,
            'A' => AnchorKind.TextStart,
            'z' => AnchorKind.TextEnd,
            'Z' => AnchorKind.TextEndOrFinalNewline,
            'G' => AnchorKind.SearchStart,
            _ => null,
        } : null;
        if (anchor is { } kind)
        {
            at += 2;
            return new Anchor(kind);
        }
        if (Take("\\R")) return LineBreak();
        return new OneOf(classes.ParseEscape(ref at, ignoreCase));
    }

    static AtomicGroup LineBreak() => new(new Alternation(
    [
        new Concatenation([new OneOf(CodePointSet.Of('\r')), new OneOf(CodePointSet.Of('\n'))]),
        new OneOf(CodePointSet.Union([new RangeSet('\n', '\r'), CodePointSet.Of(0x85), new RangeSet(0x2028, 0x2029)])),
    ]));

    RegexNode? ParseGroup()
    {
        var start = at;
        if (Take("(?#"))
        {
            var end = pattern.IndexOf(')', at);
            at = end < 0 ? throw new RegexSyntaxException(start, "a comment without its ')'") : end + 1;
            return null;
        }
        if (Take("(?:")) return ParseBody(start);
        if (Take("(?>")) return new AtomicGroup(ParseBody(start));
        if (Take("(?=")) return new Look(ParseBody(start), Behind: false, Negative: false);
        if (Take("(?!")) return new Look(ParseBody(start), Behind: false, Negative: true);
        if (Take("(?<=")) return new Look(ParseBody(start), Behind: true, Negative: false);
        if (Take("(?<!")) return new Look(ParseBody(start), Behind: true, Negative: true);
        if (Take("(?<")) return ParseNamedGroup(start);
        if (Take("(?")) return ParseOptions(start);
        Take("(");
        return ParseBody(start);
    }

    RegexNode ParseNamedGroup(int start)
    {
        var end = pattern.IndexOf('>', at);
        if (end <= at || !pattern.AsSpan(at, end - at).ContainsAnyExceptInRange('0', '9'))
            throw new RegexSyntaxException(start, "a group name that is not one");
        at = end + 1;
        return ParseBody(start);
    }

    // (?i:x) sets options for x, (?i) for the rest of the enclosing group, alternatives included.
    RegexNode ParseOptions(int start)
    {
        var (outerIgnoreCase, outerDot) = (ignoreCase, dotMatchesNewline);
        for (var on = true; ; at++)
        {
            switch (Current)
            {
                case '-': on = false; continue;
                case 'i': ignoreCase = on; continue;
                case 'm': dotMatchesNewline = on; continue;
                case ':': at++; break;
                case ')': at++; break;
                default: throw new RegexSyntaxException(start, "a kind of group that is not supported");
            }
            break;
        }
        var body = pattern[at - 1] == ':' ? ParseBody(start) : ParseAlternation();
        (ignoreCase, dotMatchesNewline) = (outerIgnoreCase, outerDot);
        return body;
    }

    RegexNode ParseBody(int start)
    {
        var (outerIgnoreCase, outerDot) = (ignoreCase, dotMatchesNewline);
        var body = ParseAlternation();
        (ignoreCase, dotMatchesNewline) = (outerIgnoreCase, outerDot);
        return Take(")") ? body : throw new RegexSyntaxException(start, "a '(' without its ')'");
    }

    RegexNode ParseQuantifiers(RegexNode atom)
    {
        while (true)
        {
            var start = at;
            if (ParseCount() is not { } count) return atom;
            if (atom is Anchor or Look) throw new RegexSyntaxException(start, "a repeated assertion");
            var (minimum, maximum, isInterval) = count;
            if (isInterval && minimum == maximum && Take("?")) atom = new Repetition(new Repetition(atom, minimum, maximum, Greed.Greedy), 0, 1, Greed.Greedy);
            else if (Take("?")) atom = new Repetition(atom, minimum, maximum, Greed.Lazy);
            else if (!isInterval && Take("+")) atom = new Repetition(atom, minimum, maximum, Greed.Possessive);
            else atom = new Repetition(atom, minimum, maximum, Greed.Greedy);
        }
    }

    (int Minimum, int? Maximum, bool IsInterval)? ParseCount()
    {
        if (Take("*")) return (0, null, false);
        if (Take("+")) return (1, null, false);
        if (Take("?")) return (0, 1, false);
        return Current == '{' ? ParseInterval() : null;
    }

    // {n}, {n,}, {,m}, {n,m}; anything else is a literal brace.
    (int, int?, bool)? ParseInterval()
    {
        var end = pattern.IndexOf('}', at);
        if (end < 0) return null;
        var inside = pattern.AsSpan(at + 1, end - at - 1);
        var comma = inside.IndexOf(',');
        var low = comma < 0 ? inside : inside[..comma];
        var high = comma < 0 ? inside : inside[(comma + 1)..];
        if (low.IsEmpty && high.IsEmpty || low.ContainsAnyExceptInRange('0', '9') || high.ContainsAnyExceptInRange('0', '9')) return null;
        if (low.Length > 4 || high.Length > 4) throw new RegexSyntaxException(at, "a repetition of more than 9999");
        var start = at;
        at = end + 1;
        var minimum = low.IsEmpty ? 0 : int.Parse(low, System.Globalization.CultureInfo.InvariantCulture);
        int? maximum = high.IsEmpty ? null : int.Parse(high, System.Globalization.CultureInfo.InvariantCulture);
        return minimum > maximum ? throw new RegexSyntaxException(start, "an interval whose minimum is above its maximum") : (minimum, maximum, true);
    }
}
