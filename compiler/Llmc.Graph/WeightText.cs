namespace Llmc.Graph;

/// <summary>The printed table of weights: shape, and which dimension is divided by what. Layers that are alike share a line.</summary>
static class WeightText
{
    /// <summary><c>layers.{0..31}.self_attn.q_proj.weight  [4096, 4096]  rows: heads 32x128 over tp</c>.</summary>
    public static string Print(IReadOnlyList<Node> nodes)
    {
        var rows = nodes.SelectMany(n => n.Weights).Select(slice => slice.Weight).Distinct()
            .GroupBy(w => (Name: SplitName(w.Name) is var (before, _, after) ? $"{before}*{after}" : w.Name, Shape: ShapeOf(w), Rule: RuleOf(w)))
            .Select(group => (Name: NameOf([.. group]), group.Key.Shape, group.Key.Rule))
            .ToList();
        if (rows.Count == 0) return "";
        var (names, shapes) = (rows.Max(r => r.Name.Length), rows.Max(r => r.Shape.Length));
        return $"\nweights\n\n{string.Concat(rows.Select(r => $"  {r.Name.PadRight(names)}  {r.Shape.PadRight(shapes)}  {r.Rule}".TrimEnd() + "\n"))}";
    }

    static string NameOf(IReadOnlyList<Weight> alike)
    {
        if (alike.Count == 1 || SplitName(alike[0].Name) is not var (before, first, after)) return alike[0].Name;
        List<int> numbers = [.. alike.Select(w => SplitName(w.Name)!.Value.Number)];
        var inARow = numbers.Index().All(n => n.Item == first + n.Index);
        return $"{before}{{{(inARow ? $"{first}..{numbers[^1]}" : string.Join(',', numbers))}}}{after}";
    }

    /// <summary>A name around its first part that is a number: <c>layers.</c>, 3, <c>.mlp.up_proj.weight</c>.</summary>
    static (string Before, int Number, string After)? SplitName(string name)
    {
        var parts = name.Split('.');
        for (var i = 0; i < parts.Length; i++)
            if (int.TryParse(parts[i], out var number))
                return (string.Concat(parts[..i].Select(p => p + ".")), number, string.Concat(parts[(i + 1)..].Select(p => "." + p)));
        return null;
    }

    static string ShapeOf(Weight weight) =>
        $"[{(weight.Shard.Experts is null ? "" : $"{weight.Experts}, ")}{weight.Rows}{(weight.Columns == 1 ? "" : $", {weight.Columns}")}]";

    static string RuleOf(Weight weight)
    {
        if (weight.Constant is not null) return "computed";
        var (experts, rows, columns) = (weight.Shard.Experts, weight.Shard.Rows, weight.Shard.Columns);
        return string.Join(", ", new[] { Part("experts", experts), Part("rows", rows), Part("columns", columns) }.OfType<string>());
    }

    static string? Part(string dimension, Axis? axis) => axis is null ? null : $"{dimension}: {axis.Text}";
}
