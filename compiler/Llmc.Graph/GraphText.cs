using System.Text;

namespace Llmc.Graph;

/// <summary>The printed form: one line a node, modules as comments where they change.</summary>
static class GraphText
{
    public static string Print(string title, IReadOnlyList<Value> inputs, IReadOnlyList<Node> nodes, Value logits)
    {
        var text = new StringBuilder($"{title}\n\n");
        foreach (var (input, name) in inputs.Zip(["ids", "positions"])) text.Append($"  {input} = {name} : {input.TypeText}\n");
        string? scope = null;
        foreach (var node in nodes)
        {
            if (node.Scope != scope) text.Append($"\n  # {scope = node.Scope}\n");
            text.Append($"  {Line(node)}\n");
        }
        return text.Append($"\n  return {logits}\n").ToString();
    }

    /// <summary><c>%7 = rms_norm %6, w[layers.0.input_layernorm.weight] over=4096 eps=1e-05 : bf16[T, 4096]</c>.</summary>
    public static string Line(Node node)
    {
        var operands = string.Join(", ", node.Inputs.Select(v => v.ToString()).Concat(node.Weights.Select(w => w.ToString())));
        var attributes = node.Op.Attributes.Length == 0 ? "" : " " + node.Op.Attributes;
        return $"{string.Join(", ", node.Results)} = {node.Op.Word} {operands}{attributes} : {string.Join(", ", node.Results.Select(v => v.TypeText))}";
    }

    /// <summary>Every weight once, in order of use: shape, and who divides which dimension.</summary>
    public static string Weights(IReadOnlyList<Node> nodes)
    {
        List<Weight> weights = [.. nodes.SelectMany(n => n.Weights).Select(s => s.Weight).Distinct()];
        var (names, shapes) = (weights.Max(w => w.Name.Length), weights.Max(w => ShapeOf(w).Length));
        var lines = weights.Select(w => $"  {w.Name.PadRight(names)}  {ShapeOf(w).PadRight(shapes)}  {RuleOf(w)}".TrimEnd());
        return $"\nweights\n\n{string.Join('\n', lines)}\n";
    }

    static string ShapeOf(Weight weight) =>
        $"[{(weight.Experts == 1 ? "" : $"{weight.Experts}, ")}{weight.Rows}{(weight.Columns == 1 ? "" : $", {weight.Columns}")}]";

    static string RuleOf(Weight weight)
    {
        if (weight.Constant is not null) return "computed";
        var shard = weight.Shard;
        var rules = new[] { ("experts", shard.Experts), ("rows", shard.Rows), ("columns", shard.Columns) }
            .Where(rule => rule.Item2 is not null).Select(rule => $"{rule.Item1}: {rule.Item2!.Text}");
        return string.Join(", ", rules);
    }
}
