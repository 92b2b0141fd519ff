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
}
