using System.Globalization;
using System.Runtime.CompilerServices;
using Llmc.Text.Unicode;

namespace Llmc.Text.Patterns;

/// <summary>A set of code points as a pattern spells it: categories, ranges, and their unions, intersections and complements.</summary>
abstract record CodePointSet
{
    public abstract bool Contains(int codePoint);

    /// <summary>The general categories (a bit for each <see cref="UnicodeCategory"/>) that this set is from U+0100 on, when it is just that.</summary>
    public virtual int? CategoriesBeyondLatin1 => null;

    public static CodePointSet Empty { get; } = new CategorySet(0);

    public static CodePointSet Of(int codePoint) => new RangeSet(codePoint, codePoint);

    public static CodePointSet Union(IReadOnlyList<CodePointSet> parts) => parts.Count == 1 ? parts[0] : new UnionSet(parts);
}

/// <summary>Every code point whose general category has its bit in the mask.</summary>
sealed record CategorySet(int Mask) : CodePointSet
{
    public override bool Contains(int codePoint) => (Mask >> (int)CharUnicodeInfo.GetUnicodeCategory(codePoint) & 1) != 0;
    public override int? CategoriesBeyondLatin1 => Mask;
}

/// <summary>From <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
sealed record RangeSet(int First, int Last) : CodePointSet
{
    public override bool Contains(int codePoint) => codePoint >= First && codePoint <= Last;
    public override int? CategoriesBeyondLatin1 => Last < 0x100 ? 0 : null;
}

/// <summary>Sorted inclusive ranges, for scripts.</summary>
sealed record RangesSet(int[] Ranges) : CodePointSet
{
    public override bool Contains(int codePoint) => OlderUnicode.Contains(Ranges, codePoint);
}

/// <summary>Word characters. Oniguruma counts the superscripts and fractions of Latin-1 too, except inside a class.</summary>
sealed record WordSet(bool InClass) : CodePointSet
{
    public override bool Contains(int codePoint) =>
        CodePoints.IsRegexWord(codePoint) || !InClass && codePoint is 0xB2 or 0xB3 or 0xB9 or 0xBC or 0xBD or 0xBE;
}

sealed record UnionSet(IReadOnlyList<CodePointSet> Parts) : CodePointSet
{
    public override bool Contains(int codePoint)
    {
        foreach (var part in Parts)
            if (part.Contains(codePoint)) return true;
        return false;
    }

    public override int? CategoriesBeyondLatin1 => Parts.Aggregate((int?)0, (mask, part) => mask | part.CategoriesBeyondLatin1);
}

sealed record IntersectionSet(CodePointSet Left, CodePointSet Right) : CodePointSet
{
    public override bool Contains(int codePoint) => Left.Contains(codePoint) && Right.Contains(codePoint);
    public override int? CategoriesBeyondLatin1 => Left.CategoriesBeyondLatin1 & Right.CategoriesBeyondLatin1;
}

sealed record ComplementSet(CodePointSet Inner) : CodePointSet
{
    public override bool Contains(int codePoint) => !Inner.Contains(codePoint);
    public override int? CategoriesBeyondLatin1 => ~Inner.CategoriesBeyondLatin1;
}

/// <summary>A <see cref="CodePointSet"/> made fast: a bitmap for Latin-1, and beyond it one look at the category where that is enough.</summary>
sealed class CodePointTest
{
    readonly ulong[] latin1 = new ulong[4];
    readonly CodePointSet set;
    readonly int? categories;

    public CodePointTest(CodePointSet set)
    {
        this.set = set;
        categories = set.CategoriesBeyondLatin1;
        for (var codePoint = 0; codePoint < 256; codePoint++)
            if (set.Contains(codePoint)) latin1[codePoint >> 6] |= 1UL << codePoint;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int codePoint) =>
        codePoint < 256 ? (latin1[codePoint >> 6] >> codePoint & 1) != 0 : ContainsBeyondLatin1(codePoint);

    bool ContainsBeyondLatin1(int codePoint) => categories is { } mask
        ? (mask >> (int)CharUnicodeInfo.GetUnicodeCategory(codePoint) & 1) != 0
        : set.Contains(codePoint);
}
