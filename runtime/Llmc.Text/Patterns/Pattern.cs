namespace Llmc.Text.Patterns;

/// <summary>A stretch of text, in UTF-16 units, and whether the pattern matched it or it lies between matches.</summary>
readonly record struct Stretch(int Start, int End, bool IsMatch);

/// <summary>What a text can be cut at or searched for.</summary>
abstract class Pattern
{
    /// <summary>The first match that starts at <paramref name="from"/> or later. It may be empty.</summary>
    protected abstract bool Find(ReadOnlySpan<char> text, int from, out int start, out int end);

    /// <summary>Appends stretches that cover the text, in order: matches and what lies between them. An empty text is one stretch.</summary>
    public virtual void Cover(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        if (text.IsEmpty)
        {
            stretches.Add(new(0, 0, IsMatch: false));
            return;
        }
        var (covered, from, lastEnd) = (0, 0, -1);
        while (from <= text.Length && Find(text, from, out var start, out var end))
        {
            if (start == end && end == lastEnd)   // an empty match right behind a match is the end of that match
            {
                from += from < text.Length && char.IsHighSurrogate(text[from]) ? 2 : 1;
                continue;
            }
            if (covered != start) stretches.Add(new(covered, start, IsMatch: false));
            stretches.Add(new(start, end, IsMatch: true));
            covered = from = lastEnd = end;
        }
        if (covered != text.Length) stretches.Add(new(covered, text.Length, IsMatch: false));
    }
}

/// <summary>The same text, character for character.</summary>
sealed class LiteralPattern(string literal) : Pattern
{
    public string Literal => literal;

    protected override bool Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        start = literal.Length == 0 ? from : text[from..].IndexOf(literal, StringComparison.Ordinal) is var found and >= 0 ? from + found : -1;
        end = start + literal.Length;
        return start >= 0;
    }
}

/// <summary>Every code point that satisfies a condition is a match of its own.</summary>
sealed class CodePointPattern(Func<int, bool> condition) : Pattern
{
    protected override bool Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start = end)
        {
            var codePoint = Unicode.CodePoints.At(text, start, out var length);
            end = start + length;
            if (condition(codePoint)) return true;
        }
        end = start;
        return false;
    }
}

/// <summary>Matches where the inner pattern does not.</summary>
sealed class InvertedPattern(Pattern inner) : Pattern
{
    protected override bool Find(ReadOnlySpan<char> text, int from, out int start, out int end) =>
        throw new InvalidOperationException("an inverted pattern only covers");

    public override void Cover(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        var first = stretches.Count;
        inner.Cover(text, stretches);
        for (var i = first; i < stretches.Count; i++) stretches[i] = stretches[i] with { IsMatch = !stretches[i].IsMatch };
    }
}

/// <summary>A regular expression in Oniguruma's syntax.</summary>
sealed class RegexPattern(RegexProgram program) : Pattern
{
    /// <exception cref="RegexSyntaxException">The expression is malformed or uses what is not supported.</exception>
    public RegexPattern(string expression) : this(RegexProgram.Compile(expression)) { }

    protected override bool Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        var machine = new RegexMachine(program, text, from);
        try
        {
            for (start = from; start <= text.Length; start += start < text.Length && char.IsHighSurrogate(text[start]) ? 2 : 1)
                if (MayBeginAt(text, start) && machine.MatchAt(start) is var found and >= 0)
                {
                    end = found;
                    return true;
                }
            end = start;
            return false;
        }
        finally
        {
            machine.Dispose();
        }
    }

    bool MayBeginAt(ReadOnlySpan<char> text, int start) =>
        program.First is not { } first || start < text.Length && first.Contains(Unicode.CodePoints.At(text, start, out _));
}
