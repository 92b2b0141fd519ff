namespace Llmc.Graph;

/// <summary>What each operation asks of its own operands.</summary>
static class NodeRules
{
    /// <summary>The first rule that a node breaks, or null.</summary>
    public static string? Broken(Node node) => BrokenCount(node) ?? BrokenSlice(node) ?? BrokenRows(node) ?? BrokenShape(node);

    static string? BrokenCount(Node node)
    {
        var (inputs, fewest, most, results) = Counts(node.Op);
        return First(
            (node.Inputs.Count == inputs, $"takes {inputs} inputs"),
            (node.Weights.Count >= fewest && node.Weights.Count <= most, fewest == most ? $"takes {most} weights" : $"takes {fewest} to {most} weights"),
            (node.Results.Count == results, $"has {results} results"));
    }

    static (int Inputs, int FewestWeights, int MostWeights, int Results) Counts(Op op) => op switch
    {
        EmbeddingOp or AddBiasOp => (1, 1, 1, 1),
        NormOp or LinearOp => (1, 1, 2, 1),
        RotaryTableOp => (1, 1, 1, 2),
        RotaryOp => (3, 0, 0, 1),
        AttentionOp => (3, 0, 1, 1),
        GatedOp or AddOp or MultiplyOp => (2, 0, 0, 1),
        RouteOp => (1, 0, 1, 2),
        ExpertsOp => (3, 3, 3, 1),
        _ => (1, 0, 0, 1),
    };

    static string? BrokenSlice(Node node)
    {
        foreach (var slice in node.Weights)
            if (!Within(slice.Experts, slice.Weight.Experts) || !Within(slice.Rows, slice.Weight.Rows) || !Within(slice.Columns, slice.Weight.Columns))
                return $"{slice} reaches outside the weight";
        return null;
    }

    static bool Within(Span span, int length) => span.Start >= 0 && span.Count > 0 && span.End <= length;

    static string? BrokenRows(Node node)
    {
        var rows = node.Op is SelectRowsOp ? RowKind.Logits : node.Inputs[0].Rows;
        return First(
            (node.Op is not SelectRowsOp || node.Inputs[0].Rows == RowKind.Tokens, "selects from rows that are selected already"),
            (node.Inputs.All(v => v.Rows == node.Inputs[0].Rows), "inputs differ in rows"),
            (node.Results.All(v => v.Rows == rows), "result and input differ in rows"));
    }

    static string? BrokenShape(Node node)
    {
        var (x, y, w) = (node.Inputs[0], node.Results[0], node.Weights);
        int input(int index) => node.Inputs[index].Columns;
        return node.Op switch
        {
            EmbeddingOp => First((x.Columns == 1, "takes one id a row"), (y.Columns == w[0].Columns.Count, "table and result differ in width")),
            LinearOp => First(
                (w[0].Columns.Count == x.Columns, "input and weight differ in K"), (y.Columns == w[0].Rows.Count, "result and weight differ in N"),
                (w.Count == 1 || w[1].Rows.Count == y.Columns, "bias does not fit")),
            AddBiasOp => First((w[0].Rows.Count == x.Columns, "bias does not fit"), Keeps(x, y)),
            NormOp op => First(
                (x.Columns % op.Size == 0, "columns are no multiple of the run"), Keeps(x, y),
                (w.All(v => v.Rows.Count == op.Size || v.Rows.Count == x.Columns), "weight or bias does not fit the run")),
            RotaryTableOp => First(
                (x.Columns == 1, "takes one position a row"), (node.Results.All(v => v.Columns == w[0].Rows.Count), "table and frequencies differ in width")),
            RotaryOp op => First(
                (op.RotaryDim <= op.HeadDim && op.RotaryDim % 2 == 0, "rotates more than a head or an odd number"),
                (x.Columns % op.HeadDim == 0, "columns are no multiple of a head"), Keeps(x, y),
                (input(1) == op.RotaryDim / 2 && input(2) == op.RotaryDim / 2, "table does not fit")),
            AttentionOp op => First(
                (x.Columns == op.Heads.Query * op.Heads.Dim, "queries do not fit"), Keeps(x, y),
                (input(1) == op.Heads.Kv * op.Heads.Dim && input(2) == input(1), "keys or values do not fit"),
                (op.Heads.KvHeadOf(op.Heads.Query - 1) < op.Heads.Kv, "a query head has no KV head"),
                (w.Count == 0 || w[0].Rows.Count == op.Heads.Query, "sinks do not fit")),
            GatedOp or AddOp => First((input(1) == x.Columns, "operands differ in width"), Keeps(x, y)),
            MultiplyOp => First((input(1) == x.Columns || input(1) == 1, "operands differ in width"), Keeps(x, y)),
            ColumnsOp op => First((Within(op.Columns, x.Columns), "columns outside the input"), (y.Columns == op.Columns.Count, "result is not these columns")),
            RouteOp op => First(
                (op.Selected <= x.Columns, "selects more experts than there are"), (x.Columns % op.Groups == 0, "experts are no multiple of the groups"),
                (node.Results.All(v => v.Columns == op.Selected), "results are not the selected experts"),
                (w.Count == 0 || w[0].Rows.Count == x.Columns, "bias does not fit")),
            ExpertsOp => First(
                (w[0].Columns.Count == x.Columns && w[1].Columns == w[0].Columns && w[2].Rows.Count == x.Columns, "input and experts differ in width"),
                Keeps(x, y), (w.All(v => v.Experts == w[0].Experts), "gate, up and down differ in experts"),
                (w[0].Rows == w[1].Rows && w[0].Rows == w[2].Columns, "gate, up and down differ in F"),
                (input(1) == input(2), "experts and their shares differ in number")),
            AllGatherOp op => First(
                (op.Columns.Contains(x.Columns), "input is no rank's part"), (y.Columns == op.Columns.Sum(), "result is not all parts together")),
            _ => First(Keeps(x, y)),
        };
    }

    static (bool Holds, string Rule) Keeps(Value x, Value y) => (x.Columns == y.Columns, "result and input differ in width");

    static string? First(params ReadOnlySpan<(bool Holds, string Rule)> rules)
    {
        foreach (var (holds, rule) in rules)
            if (!holds) return rule;
        return null;
    }
}
