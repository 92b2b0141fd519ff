using System.Text;
using Llmc.Text.Patterns;

namespace Llmc.Text.PreTokenizers;

/// <summary>What becomes of the matches of a pattern that a text is split at.</summary>
enum SplitBehavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous }

/// <summary>A stretch of <see cref="PieceText.Text"/> in UTF-16 units.</summary>
readonly record struct Piece(int Start, int Length);

/// <summary>A normalized text and the pieces that it is cut into; the model sees each piece by itself.</summary>
sealed class PieceText(string text, bool startsAtOrigin)
{
    readonly List<Stretch> stretches = [];
    List<Piece> pieces = text.Length == 0 ? [] : [new(0, text.Length)];
    List<Piece> cut = [];

    public string Text { get; private set; } = text;

    /// <summary>None is empty.</summary>
    public IReadOnlyList<Piece> Pieces => pieces;

    /// <summary>Whether the first piece begins with what the user's text begins with: nothing stands before it, nothing was removed.</summary>
    public bool StartsAtOrigin { get; private set; } = startsAtOrigin;

    public ReadOnlySpan<char> Span(Piece piece) => Text.AsSpan(piece.Start, piece.Length);

    /// <summary>Cuts every piece at the matches of a pattern.</summary>
    public void Split(Pattern pattern, SplitBehavior behavior)
    {
        cut.Clear();
        foreach (var piece in pieces)
        {
            stretches.Clear();
            pattern.Cover(Span(piece), stretches);
            foreach (var (start, end, _) in Merge(behavior))
                if (end > start) cut.Add(new(piece.Start + start, end - start));
        }
        StartsAtOrigin &= cut.Count > 0 && cut[0].Start == pieces[0].Start;
        (pieces, cut) = (cut, pieces);
    }

    /// <summary>Rewrites every piece: given its index and its text, the action writes what it becomes.</summary>
    public void Rewrite(Action<int, ReadOnlyMemory<char>, StringBuilder> rewrite)
    {
        var written = new StringBuilder(Text.Length + Text.Length / 4);
        cut.Clear();
        for (var i = 0; i < pieces.Count; i++)
        {
            var start = written.Length;
            rewrite(i, Text.AsMemory(pieces[i].Start, pieces[i].Length), written);
            if (written.Length > start) cut.Add(new(start, written.Length - start));
        }
        Text = written.ToString();
        (pieces, cut) = (cut, pieces);
    }

    List<Stretch> Merge(SplitBehavior behavior)
    {
        switch (behavior)
        {
            case SplitBehavior.Removed: stretches.RemoveAll(stretch => stretch.IsMatch); break;
            case SplitBehavior.MergedWithPrevious: MergeInOrder((isMatch, previous) => isMatch && !previous); break;
            case SplitBehavior.Contiguous: MergeInOrder((isMatch, previous) => isMatch == previous); break;
            case SplitBehavior.MergedWithNext: MergeWithNext(); break;
        }
        return stretches;
    }

    // Joins a stretch to the one before it where the condition holds for it and whether the one before was a match.
    void MergeInOrder(Func<bool, bool, bool> joins)
    {
        var (kept, previous) = (0, false);
        for (var i = 0; i < stretches.Count; i++)
        {
            var stretch = stretches[i];
            if (kept > 0 && joins(stretch.IsMatch, previous)) stretches[kept - 1] = stretches[kept - 1] with { End = stretch.End };
            else stretches[kept++] = stretch;
            previous = stretch.IsMatch;
        }
        stretches.RemoveRange(kept, stretches.Count - kept);
    }

    void MergeWithNext()
    {
        var (kept, previous) = (stretches.Count, false);
        for (var i = stretches.Count - 1; i >= 0; i--)
        {
            var stretch = stretches[i];
            if (kept < stretches.Count && stretch.IsMatch && !previous) stretches[kept] = stretches[kept] with { Start = stretch.Start };
            else stretches[--kept] = stretch;
            previous = stretch.IsMatch;
        }
        stretches.RemoveRange(0, kept);
    }
}
