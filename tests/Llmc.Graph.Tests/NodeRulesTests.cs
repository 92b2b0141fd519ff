using Llmc.Artifact;

namespace Llmc.Graph.Tests;

/// <summary>Each operation's rules, every one broken on purpose. x is f32[T, 8], r a row of another width.</summary>
public class NodeRulesTests
{
    static readonly Heads FourHeads = new(Query: 4, Kv: 2, GroupSize: 2, GroupOffset: 0, Dim: 2);

    [Theory]
    [InlineData("takes 1 inputs")]
    [InlineData("takes 1 weights")]
    [InlineData("takes 1 to 2 weights")]
    [InlineData("has 2 results")]
    public void Operands_are_counted(string rule) => AssertBroken(rule, rule switch
    {
        "takes 1 inputs" => Node(new ScaleOp(2f), X(), [X(), X()]),
        "takes 1 weights" => Node(new EmbeddingOp(), X(), [X(1)]),
        "takes 1 to 2 weights" => Node(new LinearOp(), X(), [X()], W(8, 8), W(8), W(8)),
        _ => Node(new RouteOp(2, RouterScore.Softmax, false), X(2), [X()]),
    });

    [Fact]
    public void Slices_lie_inside_their_weight()
    {
        AssertBroken("reaches outside the weight", Node(new LinearOp(), X(), [X()], W(8, 8) with { Rows = new(1, 8) }));
        AssertBroken("reaches outside the weight", Node(new LinearOp(), X(), [X()], W(8, 8) with { Columns = new(-1, 8) }));
        AssertBroken("reaches outside the weight", Node(new LinearOp(), X(), [X()], W(8, 8) with { Experts = new(0, 0) }));
    }

    [Fact]
    public void Rows_stay_what_they_are()
    {
        var selected = X() with { Rows = RowKind.Logits };
        AssertBroken("inputs differ in rows", Node(new AddOp(), X(), [X(), selected]));
        AssertBroken("result and input differ in rows", Node(new ScaleOp(2f), selected, [X()]));
        AssertBroken("result and input differ in rows", Node(new SelectRowsOp(), X(), [X()]));
        AssertBroken("selects from rows that are selected already", Node(new SelectRowsOp(), selected, [selected]));
    }

    [Fact]
    public void Matrices_fit_input_and_result()
    {
        AssertBroken("takes one id a row", Node(new EmbeddingOp(), X(), [X()], W(9, 8)));
        AssertBroken("table and result differ in width", Node(new EmbeddingOp(), X(), [X(1)], W(9, 7)));
        AssertBroken("input and weight differ in K", Node(new LinearOp(), X(), [X()], W(8, 7)));
        AssertBroken("result and weight differ in N", Node(new LinearOp(), X(), [X()], W(7, 8)));
        AssertBroken("bias does not fit", Node(new LinearOp(), X(), [X()], W(8, 8), W(7)));
        AssertBroken("bias does not fit", Node(new AddBiasOp(), X(), [X()], W(7)));
    }

    [Fact]
    public void Norms_run_over_whole_runs()
    {
        AssertBroken("columns are no multiple of the run", Node(new NormOp(NormKind.Rms, 3, 0f), X(), [X()], W(3)));
        AssertBroken("weight or bias does not fit the run", Node(new NormOp(NormKind.Rms, 8, 0f), X(), [X()], W(4)));
        AssertBroken("weight or bias does not fit the run", Node(new NormOp(NormKind.Layer, 8, 0f), X(), [X()], W(8), W(4)));
        AssertBroken("result and input differ in width", Node(new NormOp(NormKind.Rms, 8, 0f), X(4), [X()], W(8)));
    }

    [Fact]
    public void Rotations_fit_heads_and_table()
    {
        AssertBroken("takes one position a row", Node(new RotaryTableOp(), [X(2), X(2)], [X()], W(2)));
        AssertBroken("table and frequencies differ in width", Node(new RotaryTableOp(), [X(2), X(3)], [X(1)], W(2)));
        AssertBroken("rotates more than a head", Node(new RotaryOp(4, 6), X(), [X(), X(3), X(3)]));
        AssertBroken("rotates more than a head or an odd number", Node(new RotaryOp(4, 3), X(), [X(), X(1), X(1)]));
        AssertBroken("columns are no multiple of a head", Node(new RotaryOp(3, 2), X(), [X(), X(1), X(1)]));
        AssertBroken("table does not fit", Node(new RotaryOp(4, 4), X(), [X(), X(2), X(1)]));
    }

    [Fact]
    public void Attention_fits_its_heads()
    {
        AssertBroken("queries do not fit", Node(new AttentionOp(0, FourHeads, 1f), X(6), [X(6), X(4), X(4)]));
        AssertBroken("keys or values do not fit", Node(new AttentionOp(0, FourHeads, 1f), X(), [X(), X(4), X(2)]));
        AssertBroken("a query head has no KV head", Node(new AttentionOp(0, FourHeads with { GroupOffset = 1 }, 1f), X(), [X(), X(4), X(4)]));
        AssertBroken("sinks do not fit", Node(new AttentionOp(0, FourHeads, 1f), X(), [X(), X(4), X(4)], W(2)));
    }

    [Fact]
    public void Pointwise_operations_keep_the_width()
    {
        AssertBroken("result and input differ in width", Node(new ActivateOp(Activation.Silu), X(4), [X()]));
        AssertBroken("operands differ in width", Node(new GatedOp(Activation.Silu), X(), [X(), X(4)]));
        AssertBroken("operands differ in width", Node(new AddOp(), X(), [X(), X(1)]));
        AssertBroken("operands differ in width", Node(new MultiplyOp(), X(), [X(), X(2)]));
        AssertBroken("columns outside the input", Node(new ColumnsOp(new(6, 3)), X(3), [X()]));
        AssertBroken("result is not these columns", Node(new ColumnsOp(new(6, 2)), X(3), [X()]));
    }

    [Fact]
    public void Routers_choose_among_the_experts_there_are()
    {
        var route = new RouteOp(2, RouterScore.Softmax, false);
        AssertBroken("selects more experts than there are", Node(route with { Selected = 9 }, [X(9), X(9)], [X()]));
        AssertBroken("experts are no multiple of the groups", Node(route with { Groups = 3 }, [X(2), X(2)], [X()]));
        AssertBroken("results are not the selected experts", Node(route, [X(2), X(3)], [X()]));
        AssertBroken("bias does not fit", Node(route, [X(2), X(2)], [X()], W(7)));
    }

    [Fact]
    public void Experts_fit_each_other()
    {
        var (up, down) = (E(4, 6, 8), E(4, 8, 6));
        AssertBroken("input and experts differ in width", Node(new ExpertsOp(Activation.Silu), X(), [X(), X(2), X(2)], E(4, 6, 7), up, down));
        AssertBroken("gate, up and down differ in experts", Node(new ExpertsOp(Activation.Silu), X(), [X(), X(2), X(2)], up, up, E(3, 8, 6)));
        AssertBroken("gate, up and down differ in F", Node(new ExpertsOp(Activation.Silu), X(), [X(), X(2), X(2)], up, up, E(4, 8, 5)));
        AssertBroken("experts and their shares differ in number", Node(new ExpertsOp(Activation.Silu), X(), [X(), X(2), X(3)], up, up, down));
    }

    [Fact]
    public void Gathered_columns_are_all_parts_together()
    {
        AssertBroken("input is no rank's part", Node(new AllGatherOp(Mesh.Tp, [4, 4]), X(), [X(3)]));
        AssertBroken("result is not all parts together", Node(new AllGatherOp(Mesh.Tp, [4, 4]), X(9), [X(4)]));
        AssertBroken("result and input differ in width", Node(new AllReduceOp(Mesh.Tp), X(9), [X()]));
    }

    static Value X(int columns = 8) => new(0, DType.F32, RowKind.Tokens, columns);

    static WeightSlice W(int rows, int columns = 1) => E(1, rows, columns);

    static WeightSlice E(int experts, int rows, int columns) => new Weight("w", rows, columns, Shard.Replicate, [], experts).Whole;

    static Node Node(Op op, Value result, IReadOnlyList<Value> inputs, params WeightSlice[] weights) => Node(op, [result], inputs, weights);

    static Node Node(Op op, IReadOnlyList<Value> results, IReadOnlyList<Value> inputs, params WeightSlice[] weights) => new(results, op, inputs, weights, "", null);

    static void AssertBroken(string rule, Node node)
    {
        var graph = new ModelGraph("small", X() with { Id = -2 }, X() with { Id = -1 }, [node], X());
        Assert.Contains(rule, Assert.Throws<GraphException>(graph.Verify).Message, StringComparison.Ordinal);
    }
}
