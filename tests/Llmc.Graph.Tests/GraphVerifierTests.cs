using Llmc.Artifact;

namespace Llmc.Graph.Tests;

/// <summary>Rules of whole graphs.</summary>
public class GraphVerifierTests
{
    static readonly Value Ids = new(0, DType.I32, RowKind.Tokens, 1);
    static readonly Value Positions = new(1, DType.I32, RowKind.Tokens, 1);
    static readonly Node Embed = Node(Row(2), new EmbeddingOp(), [Ids], [new Weight("table", 9, 4, Shard.Replicate, []).Whole]);
    static readonly Node Select = Node(Row(3) with { Rows = RowKind.Logits }, new SelectRowsOp(), [Row(2)]);

    [Fact]
    public void A_sound_graph_passes() => Model(Select.Result, Embed, Select).Verify();

    [Fact]
    public void A_value_is_defined_before_it_is_used() =>
        AssertBroken("%2 is not defined before it is used: %3 = select_rows %2", Model(Select.Result, Select, Embed));

    [Fact]
    public void A_value_is_used_as_it_was_defined() => AssertBroken(
        "%2 is not defined before it is used",
        Model(Select.Result, Embed, Select with { Inputs = [Row(2) with { Columns = 5 }], Results = [Select.Result with { Columns = 5 }] }));

    [Fact]
    public void A_value_is_defined_once() => AssertBroken("%2 is defined twice: %2 = embedding %0", Model(Select.Result, Embed, Embed, Select));

    [Fact]
    public void Logits_are_defined() => AssertBroken("%3 is not a defined value", Model(Select.Result, Embed));

    [Fact]
    public void Logits_have_a_row_for_each_logits_row() => AssertBroken("%2 is not a defined value with a row for each logits row", Model(Embed.Result, Embed));

    [Fact]
    public void A_rank_is_named_in_its_errors()
    {
        var rank = new RankGraph("small", new Plan(Tp: 2), 1, Ids, Positions, [Embed, Embed], Embed.Result);
        Assert.StartsWith("rank 1 of small: ", Assert.Throws<GraphException>(rank.Verify).Message, StringComparison.Ordinal);
    }

    static Value Row(int id) => new(id, DType.F32, RowKind.Tokens, 4);

    static Node Node(Value result, Op op, IReadOnlyList<Value> inputs, IReadOnlyList<WeightSlice>? weights = null) => new([result], op, inputs, weights ?? [], "", null);

    static ModelGraph Model(Value logits, params Node[] nodes) => new("small", Ids, Positions, nodes, logits);

    static void AssertBroken(string error, ModelGraph graph) => Assert.Contains(error, Assert.Throws<GraphException>(graph.Verify).Message, StringComparison.Ordinal);
}
