namespace Llmc.Graph;

/// <summary>Rules that hold in every graph: single assignment, definition before use, operands that fit each other.</summary>
static class GraphVerifier
{
    public static void Verify(string form, IReadOnlyList<Value> inputs, IReadOnlyList<Node> nodes, Value logits)
    {
        var defined = inputs.ToDictionary(v => v.Id);
        foreach (var node in nodes)
        {
            foreach (var input in node.Inputs)
                Require(defined.TryGetValue(input.Id, out var known) && known == input, $"{input} is not defined before it is used");
            if (OperandError(node) is { } error) throw Broken(error);
            foreach (var result in node.Results) Require(defined.TryAdd(result.Id, result), $"{result} is defined twice");

            void Require(bool holds, string rule)
            {
                if (!holds) throw Broken(rule);
            }
            GraphException Broken(string rule) => new($"{form}: {rule}: {GraphText.Line(node)}");
        }
        if (!defined.TryGetValue(logits.Id, out var last) || last != logits || logits.Rows != RowKind.Logits)
            throw new GraphException($"{form}: {logits} is not a defined row of logits");
    }

    /// <summary>What is wrong with a node's operands, or null.</summary>
    static string? OperandError(Node node)
    {
        var (x, w, y) = (node.Inputs.Count > 0 ? node.Inputs[0] : null, node.Weights, node.Results[0]);
        return node.Op switch
        {
            EmbeddingOp => Check((w.Count == 1, "takes one table"), (y.Columns == w[0].Columns.Count, "table and result differ in width")),
            NormOp op => Check((w.Count is 1 or 2, "takes a weight and maybe a bias"), (x!.Columns % op.Size == 0, "columns are no multiple of the run"),
                (w[0].Rows.Count == op.Size || w[0].Rows.Count == x.Columns, "weight does not fit the run"), (y.Columns == x.Columns, "changes width")),
            LinearOp => Check((w.Count is 1 or 2, "takes a weight and maybe a bias"), (w[0].Columns.Count == x!.Columns, "input and weight differ in K"),
                (y.Columns == w[0].Rows.Count, "result and weight differ in N"), (w.Count == 1 || w[1].Rows.Count == y.Columns, "bias does not fit")),
            AddBiasOp => Check((w.Count == 1 && w[0].Rows.Count == x!.Columns, "bias does not fit")),
            RotaryOp op => Check((op.RotaryDim <= op.HeadDim && op.RotaryDim % 2 == 0, "rotates more than a head or an odd number"),
                (x!.Columns % op.HeadDim == 0, "columns are no multiple of a head"), (node.Inputs[1].Columns == op.RotaryDim / 2, "table does not fit")),
            AttentionOp op => Check((x!.Columns == op.Heads.Query * op.Heads.Dim, "queries do not fit"),
                (node.Inputs[1].Columns == op.Heads.Kv * op.Heads.Dim && node.Inputs[2].Columns == op.Heads.Kv * op.Heads.Dim, "keys or values do not fit"),
                (op.Heads.KvHeadOf(op.Heads.Query - 1) < op.Heads.Kv, "a query head has no KV head"), (w.Count == 0 || w[0].Rows.Count == op.Heads.Query, "sinks do not fit")),
            GatedOp or AddOp => Check((node.Inputs.Count == 2 && node.Inputs[1].Columns == x!.Columns && y.Columns == x.Columns, "operands differ in width")),
            MultiplyOp => Check((node.Inputs[1].Columns == x!.Columns || node.Inputs[1].Columns == 1, "operands differ in width")),
            ColumnsOp op => Check((op.Columns.Start >= 0 && op.Columns.End <= x!.Columns && y.Columns == op.Columns.Count, "columns outside the input")),
            RouteOp op => Check((op.Selected <= x!.Columns && y.Columns == op.Selected, "selects more experts than there are")),
            ExpertsOp => Check((w.Count == 3, "takes gate, up and down"), (w[0].Columns.Count == x!.Columns && w[1].Columns.Count == x.Columns, "input and experts differ in K"),
                (w[0].Rows.Count == w[2].Columns.Count && w[1].Rows.Count == w[2].Columns.Count, "gate, up and down differ in F"),
                (w[0].Experts.Count == w[2].Experts.Count, "gate and down differ in experts")),
            AllGatherOp op => Check((y.Columns == op.Columns.Sum(), "result is not all columns together")),
            _ => null,
        };
    }

    static string? Check(params ReadOnlySpan<(bool Holds, string Rule)> rules)
    {
        foreach (var (holds, rule) in rules)
            if (!holds) return rule;
        return null;
    }
}
