namespace Llmc.Graph;

/// <summary>A dimension of the model that ranks divide: its name in printed forms, how many units it has, how long a unit is.</summary>
/// <param name="Name">For people: <c>heads</c>, <c>ffn</c>, <c>vocab</c>, <c>experts</c>.</param>
/// <param name="Count">Units to divide.</param>
/// <param name="Unit">Consecutive rows (or columns) of one unit, never parted.</param>
/// <param name="Mesh">The ranks that divide it.</param>
/// <param name="Group">
/// Above 1: the units are KV heads that serve <paramref name="Group"/> query heads each; a rank gets every unit that one of
/// its query heads needs, so a unit may stand on several ranks.
/// </param>
public sealed record Axis(string Name, int Count, int Unit = 1, Mesh Mesh = Mesh.Tp, int Group = 1)
{
    /// <summary>Rows (or columns) of the whole dimension.</summary>
    public int Length => Count * Unit;

    /// <summary><c>heads 32x128 over tp</c>.</summary>
    public string Text => $"{Name} {Count}{(Unit == 1 ? "" : $"x{Unit}")} over {Mesh.Text()}";

    /// <summary>This rank's units.</summary>
    public Span UnitsOf(Plan plan, int rank)
    {
        var (parts, part) = (plan.Size(Mesh), plan.Coordinate(Mesh, rank));
        if (Group == 1) return Divide(Count, parts, part);
        var queries = Divide(Count * Group, parts, part);
        var first = queries.Start / Group;
        return new(first, (queries.End + Group - 1) / Group - first);
    }

    /// <summary>This rank's rows (or columns).</summary>
    public Span SpanOf(Plan plan, int rank)
    {
        var units = UnitsOf(plan, rank);
        return new(units.Start * Unit, units.Count * Unit);
    }

    /// <summary>
    /// Balanced contiguous parts. A long dimension of single rows is divided in blocks of 64, 32 or 16, where a block is
    /// small beside a rank's part, so that kernels see whole panels; anything else to the unit.
    /// </summary>
    Span Divide(int count, int parts, int part)
    {
        var block = Unit == 1 ? 64 : 1;
        while (block > 1 && (count % block != 0 || count / block < 8 * parts)) block /= 2;
        if (block < 16) block = 1;
        var blocks = count / block;
        var (start, end) = ((long)blocks * part / parts * block, (long)blocks * (part + 1) / parts * block);
        return new((int)start, (int)(end - start));
    }
}

/// <summary>A contiguous range of a dimension.</summary>
public readonly record struct Span(int Start, int Count)
{
    /// <summary>One past the last.</summary>
    public int End => Start + Count;

    public override string ToString() => $"{Start}..{End}";
}

/// <summary>Which dimensions of a weight ranks divide; null is kept whole.</summary>
/// <param name="Rows">Column-parallel in Megatron's words: output channels are divided.</param>
/// <param name="Columns">Row-parallel: input channels are divided and results are partial sums.</param>
/// <param name="Experts">Whole experts are divided.</param>
public sealed record Shard(Axis? Rows = null, Axis? Columns = null, Axis? Experts = null)
{
    /// <summary>Every rank holds all of it.</summary>
    public static Shard Replicate { get; } = new();
}
