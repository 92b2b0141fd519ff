namespace Llmc.Text.Patterns;

/// <summary>The parsed form of a regular expression.</summary>
abstract record RegexNode;

/// <summary>One code point of a set.</summary>
sealed record OneOf(CodePointSet Set) : RegexNode;

sealed record Concatenation(IReadOnlyList<RegexNode> Parts) : RegexNode;

sealed record Alternation(IReadOnlyList<RegexNode> Choices) : RegexNode;

/// <summary><paramref name="Maximum"/> is null where there is none.</summary>
sealed record Repetition(RegexNode Body, int Minimum, int? Maximum, Greed Greed) : RegexNode;

/// <summary>Matches without going back into the body once it is done.</summary>
sealed record AtomicGroup(RegexNode Body) : RegexNode;

sealed record Look(RegexNode Body, bool Behind, bool Negative) : RegexNode;

sealed record Anchor(AnchorKind Kind) : RegexNode;

enum Greed { Greedy, Lazy, Possessive }

enum AnchorKind { LineStart, LineEnd, TextStart, TextEnd, TextEndOrFinalNewline, SearchStart, WordBoundary, NotWordBoundary }

/// <summary>What the pattern has that this implementation does not, or that nobody has.</summary>
sealed class RegexSyntaxException(int position, string problem) : Exception(problem)
{
    /// <summary>Where in the pattern, in UTF-16 units from 0.</summary>
    public int Position { get; } = position;
}
