namespace Llmc.Graph;

/// <summary>Rules that hold in every graph: single assignment, definition before use, operands that fit each other.</summary>
static class GraphVerifier
{
    public static void Verify(string form, IReadOnlyList<Value> inputs, IReadOnlyList<Node> nodes, Value logits)
    {
        var defined = inputs.ToDictionary(v => v.Id);
        foreach (var node in nodes)
        {
            if (NodeRules.Broken(node) is { } rule) throw Error(rule, node);
            foreach (var input in node.Inputs)
                if (defined.GetValueOrDefault(input.Id) != input) throw Error($"{input} is not defined before it is used", node);
            foreach (var result in node.Results)
                if (!defined.TryAdd(result.Id, result)) throw Error($"{result} is defined twice", node);
        }
        if (defined.GetValueOrDefault(logits.Id) != logits || logits.Rows != RowKind.Logits)
            throw new GraphException($"{form}: {logits} is not a defined value with a row for each logits row");

        GraphException Error(string rule, Node node) => new($"{form}: {rule}: {GraphText.Line(node)}");
    }
}
