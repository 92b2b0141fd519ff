using Llmc.Artifact;
using Llmc.Graph;
using Rule = Llmc.Graph.Shard;
using Shard = Llmc.Compiler.Passes.Shard;

namespace Llmc.Compiler.Tests;

/// <summary>Where collectives stand, and what a rank holds, on models of a few lines.</summary>
public class ShardTests
{
    static readonly Axis Ffn = new("ffn", 8);

    readonly GraphBuilder _graph = new(DType.F32);

    [Fact]
    public void One_rank_computes_the_model_as_it_is()
    {
        var model = Model(Mlp(Input()));
        Assert.Equal(Words(model.Nodes), Words(Shard.Run(model, new(Tp: 1))[0].Nodes));
    }

    [Fact]
    public void Split_columns_go_into_a_split_input_and_the_sum_follows()
    {
        var rank = Shard.Run(Model(Mlp(Input())), new(Tp: 2))[1];
        Assert.Equal("embedding linear activate linear select_rows all_reduce", Words(rank.Nodes));
        Assert.Equal([4, 4, 4, 4, 4, 4], rank.Nodes.Select(n => n.Result.Columns));
        Assert.Equal("w[up rows 4..8]", rank.Nodes[1].Weights[0].ToString());
        Assert.Equal("w[down columns 4..8]", rank.Nodes[3].Weights[0].ToString());
    }

    [Fact]
    public void A_bias_of_split_inputs_is_added_once_after_the_sum()
    {
        var rank = Shard.Run(Model(Mlp(Input(), Vector("down.bias", 4))), new(Tp: 2))[0];
        Assert.Equal("embedding linear activate linear all_reduce add_bias select_rows", Words(rank.Nodes));
    }

    [Fact]
    public void A_divided_vocabulary_gives_partial_embeddings_and_split_logits()
    {
        var table = Matrix("table", 10, 4, new Rule(Rows: new("vocab", 10)));
        var model = Model(_graph.Linear(_graph.SelectRows(_graph.Norm(_graph.Embedding(table), NormKind.Rms, 0f, Vector("norm", 4))), table));
        var rank = Shard.Run(model, new(Tp: 3))[0];
        Assert.Equal("embedding all_reduce rms_norm select_rows linear all_gather", Words(rank.Nodes));
        Assert.Equal([3, 3, 4], Assert.IsType<AllGatherOp>(rank.Nodes[^1].Op).Columns);
        Assert.Equal(10, rank.Logits.Columns);
    }

    [Fact]
    public void Terms_of_one_sum_are_added_before_they_are_summed_over_ranks()
    {
        var x = Input();
        var rank = Shard.Run(Model(_graph.Sum(_graph.Sum(Mlp(x), Mlp(x)), x)), new(Tp: 2))[0];
        Assert.Equal("embedding linear activate linear linear activate linear add all_reduce add select_rows", Words(rank.Nodes));
    }

    [Fact]
    public void A_value_that_two_lines_need_whole_is_summed_once()
    {
        var y = Mlp(Input());
        var rank = Shard.Run(Model(_graph.Sum(_graph.Activate(y, Activation.Silu), y)), new(Tp: 2))[0];
        Assert.Equal(1, rank.Nodes.Count(n => n.Op is AllReduceOp));
    }

    [Fact]
    public void A_split_value_is_gathered_for_a_line_that_needs_it_whole()
    {
        var split = _graph.Linear(Input(), Matrix("up", 8, 4, new Rule(Rows: Ffn)));
        var rank = Shard.Run(Model(_graph.Add(new ColumnsOp(new(2, 4)), 4, [split], [])), new(Tp: 2))[0];
        Assert.Equal("embedding linear all_gather columns select_rows", Words(rank.Nodes));
    }

    [Theory]
    [InlineData(2, 0, 3, 2, 0)] // query heads 0 1 2 of KV heads 0 0 1
    [InlineData(2, 1, 3, 2, 1)] // query heads 3 4 5 of KV heads 1 2 2: the first is second in its group
    [InlineData(4, 1, 2, 2, 1)] // query heads 1 2 of KV heads 0 1
    [InlineData(6, 5, 1, 1, 1)] // query head 5 of KV head 2
    public void A_rank_attends_with_its_query_heads_and_the_kv_heads_they_need(int tp, int rank, int query, int kv, int offset)
    {
        var node = Shard.Run(SixHeads(), new(tp))[rank].Nodes.Single(n => n.Op is AttentionOp);
        Assert.Equal(new Heads(query, kv, GroupSize: 2, offset, Dim: 2), ((AttentionOp)node.Op).Heads);
    }

    [Fact]
    public void Experts_are_summed_over_all_ranks()
    {
        var rank = Shard.Run(Model(Experts(Input())), new(Tp: 2, Ep: 2))[1];
        Assert.Equal("embedding linear route experts select_rows all_reduce", Words(rank.Nodes));
        Assert.Equal(Mesh.World, Assert.IsType<AllReduceOp>(rank.Nodes[^1].Op).Over);
        Assert.Equal("w[gate experts 2..4]", rank.Nodes[3].Weights[0].ToString());
    }

    [Fact]
    public void Each_rank_has_part_of_every_expert_without_expert_parallelism()
    {
        var rank = Shard.Run(Model(Experts(Input())), new(Tp: 2))[1];
        Assert.Equal(["w[gate rows 3..6]", "w[up rows 3..6]", "w[down columns 3..6]"], rank.Nodes[3].Weights.Select(w => w.ToString()));
    }

    Value Input() => _graph.Embedding(Matrix("table", 10, 4, Rule.Replicate));

    Value Mlp(Value x, Weight? bias = null)
    {
        var up = _graph.Linear(x, Matrix("up", 8, 4, new Rule(Rows: Ffn)));
        return _graph.Linear(_graph.Activate(up, Activation.Silu), Matrix("down", 4, 8, new Rule(Columns: Ffn)), bias);
    }

    Value Experts(Value x)
    {
        var (experts, width) = (new Axis("experts", 4, Mesh: Mesh.Ep), new Axis("expert_ffn", 6, Mesh: Mesh.ExpertTp));
        var routing = _graph.Route(_graph.Linear(x, Matrix("router", 4, 4, Rule.Replicate)), new(2, RouterScore.Softmax, Normalize: true));
        return _graph.Experts(
            x, routing, Matrix("gate", 6, 4, new Rule(width, null, experts), 4), Matrix("up", 6, 4, new Rule(width, null, experts), 4),
            Matrix("down", 4, 6, new Rule(null, width, experts), 4), Activation.Silu);
    }

    ModelGraph SixHeads()
    {
        var (x, queries, keys) = (Input(), new Axis("heads", 6, 2), new Axis("kv_heads", 3, 2, Group: 2));
        var q = _graph.Linear(x, Matrix("q", 12, 4, new Rule(queries)));
        var k = _graph.Linear(x, Matrix("k", 6, 4, new Rule(keys)));
        var attended = _graph.Attention(q, k, k, new(0, new(6, 3, 2, 0, 2), 1f));
        return Model(_graph.Linear(attended, Matrix("o", 4, 12, new Rule(Columns: queries))));
    }

    static Weight Matrix(string name, int rows, int columns, Rule shard, int experts = 1) => new(name, rows, columns, shard, [], experts);

    static Weight Vector(string name, int rows) => new(name, rows, 1, Rule.Replicate, []);

    ModelGraph Model(Value last) => _graph.Build("small", last.Rows == RowKind.Logits ? last : _graph.SelectRows(last));

    static string Words(IEnumerable<Node> nodes) => string.Join(' ', nodes.Select(n => n.Op.Word));
}
