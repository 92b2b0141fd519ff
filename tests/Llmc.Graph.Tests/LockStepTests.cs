using Llmc.Artifact;

namespace Llmc.Graph.Tests;

/// <summary>Ranks that run line by line together.</summary>
public class LockStepTests
{
    readonly SmallModel _model = new();

    [Fact]
    public void All_reduce_adds_the_ranks_of_the_group()
    {
        var table = _model.Weight(2, 1, 10, 20);
        var ranks = Ranks(new Plan(Tp: 2), (graph, rank) =>
        {
            var mine = graph.Add(new EmbeddingOp(), 1, [graph.Ids], [table.Whole with { Rows = new(rank, 1) }]);
            return graph.Add(new AllReduceOp(Mesh.Tp), 1, [mine], []);
        });
        Assert.Equal([10f, 20f], Interpreter.Run(ranks, _model, [[0, 1]])[0]);
    }

    [Fact]
    public void All_gather_puts_columns_side_by_side_in_rank_order()
    {
        var table = _model.Weight(1, 3, 1, 2, 3);
        var ranks = Ranks(new Plan(Tp: 2), (graph, rank) =>
        {
            Span mine = rank == 0 ? new(0, 1) : new(1, 2);
            var part = graph.Add(new EmbeddingOp(), mine.Count, [graph.Ids], [table.Whole with { Columns = mine }]);
            return graph.Add(new AllGatherOp(Mesh.Tp, [1, 2]), 3, [part], []);
        });
        Assert.Equal([1f, 2f, 3f], Interpreter.Run(ranks, _model, [[0]])[0]);
    }

    [Fact]
    public void Groups_of_a_mesh_dimension_keep_to_themselves()
    {
        var one = _model.Weight(1, 1, 1);
        var ranks = Ranks(new Plan(Tp: 2, Ep: 4), (graph, rank) =>
        {
            var mine = graph.Scale(graph.Embedding(one), MathF.Pow(10, rank) * 2);
            return graph.Add(new AllReduceOp(Mesh.Tp), 1, [mine], []);
        });
        Assert.Equal([22f], Interpreter.Run(ranks, _model, [[0]])[0]);
    }

    [Fact]
    public void Ranks_that_part_ways_are_a_bug()
    {
        var one = _model.Weight(1, 1, 1);
        var ranks = Ranks(new Plan(Tp: 2), (graph, rank) => rank == 0 ? graph.SoftCap(graph.Embedding(one), 1f) : graph.Activate(graph.Embedding(one), Activation.Silu));
        var bug = Assert.Throws<GraphException>(() => Interpreter.Run(ranks, _model, [[0]]));
        Assert.Contains("ranks 0 and 1 of small part ways at line 1", bug.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_were_read_are_kept()
    {
        var cached = new CachedWeights(_model);
        var graph = _model.Graph.Build("small", _model.Input(1, 7));
        Interpreter.Run(graph, cached, [[0]]);
        Interpreter.Run(graph, cached, [[0]]);
        Assert.Single(_model.Reads);
    }

    [Fact]
    public void Greedy_takes_the_first_of_the_largest_at_the_last_position() => Assert.Equal(1, Interpreter.Greedy([9, 0, 0, 1, 5, 5], vocabSize: 3));

    static List<RankGraph> Ranks(Plan plan, Func<GraphBuilder, int, Value> write) =>
    [
        .. Enumerable.Range(0, plan.World).Select(rank =>
        {
            var graph = new GraphBuilder(DType.F32);
            var result = write(graph, rank);
            return new RankGraph("small", plan, rank, graph.Ids, graph.Positions, graph.Nodes, result);
        }),
    ];
}
