using Llmc.Artifact;

namespace Llmc.Graph.Tests;

/// <summary>Every operation on numbers that can be checked by hand.</summary>
public class InterpreterTests
{
    readonly SmallModel _model = new();

    GraphBuilder Graph => _model.Graph;

    [Fact]
    public void Embedding_picks_the_row_of_each_id() =>
        Assert.Equal([5f, 6f, 1f, 2f], _model.Run(_model.Input(2, 1, 2, 3, 4, 5, 6), [[2, 0]])[0]);

    [Fact]
    public void Embedding_gives_zeros_for_ids_of_other_ranks()
    {
        var table = _model.Weight(3, 1, 10, 20, 30);
        var half = Graph.Add(new EmbeddingOp(), 1, [Graph.Ids], [table.Whole with { Rows = new(1, 1) }]);
        Assert.Equal([0f, 20f, 0f], _model.Run(half, tokens: 3));
    }

    [Fact]
    public void Linear_multiplies_by_the_transposed_weight_and_adds_the_bias()
    {
        var y = Graph.Linear(_model.Input(2, 1, 2), _model.Weight(3, 2, 1, 0, 0, 1, 1, 1), _model.Vector(10, 20, 30));
        Assert.Equal([11f, 22f, 33f], _model.Run(y));
    }

    [Fact]
    public void Add_bias_adds_to_every_row()
    {
        var x = _model.Input(1, 1, 2);
        Assert.Equal([6f, 7f], _model.Run(Graph.Add(new AddBiasOp(), 1, [x], [_model.Vector(5).Whole]), tokens: 2));
    }

    [Fact]
    public void Rms_norm_divides_by_the_root_mean_square()
    {
        var y = Graph.Norm(_model.Input(2, 1, 7), NormKind.Rms, 0f, _model.Vector(10, 100));
        Assert.Equal([2f, 140f], _model.Run(y).Select(v => MathF.Round(v, 4)));
    }

    [Fact]
    public void Rms_norm_adds_epsilon_to_the_mean_square() =>
        Assert.Equal([0.5f, 0.5f], _model.Run(Graph.Norm(_model.Input(2, 1, 1), NormKind.Rms, 3f, _model.Vector(1, 1))));

    [Fact]
    public void Norm_over_heads_treats_each_head_by_itself_with_one_weight()
    {
        var y = Graph.Norm(_model.Input(4, 1, 7, 2, 14), NormKind.Rms, 0f, _model.Vector(10, 100), size: 2);
        Assert.Equal([2f, 140f, 2f, 140f], _model.Run(y).Select(v => MathF.Round(v, 4)));
    }

    [Fact]
    public void Norm_weight_may_be_stored_as_its_distance_from_one() =>
        Assert.Equal([3f, 3f], _model.Run(Graph.Norm(_model.Input(2, 5, 5), NormKind.Rms, 0f, _model.Vector(2, 2), weightOffset: 1f)));

    [Fact]
    public void Layer_norm_centres_first_and_adds_its_bias_last()
    {
        var y = Graph.Norm(_model.Input(2, 3, 5), NormKind.Layer, 0f, _model.Vector(10, 10), _model.Vector(0, 1));
        Assert.Equal([-10f, 11f], _model.Run(y));
    }

    [Theory]
    [InlineData(Activation.Silu, 1f, 0.731059f)]
    [InlineData(Activation.Gelu, 1f, 0.841345f)]
    [InlineData(Activation.Gelu, -3f, -0.00405f)]
    [InlineData(Activation.Gelu, 20f, 20f)]
    [InlineData(Activation.GeluTanh, 1f, 0.841192f)]
    [InlineData(Activation.Relu, -2f, 0f)]
    [InlineData(Activation.Relu2, 3f, 9f)]
    public void Activations_follow_their_definitions(Activation activation, float x, float y) =>
        Assert.Equal(y, _model.Run(Graph.Activate(_model.Input(1, x), activation))[0], 5e-6f);

    [Fact]
    public void Gated_multiplies_the_activated_gate_by_up() =>
        Assert.Equal([0f, 6f], _model.Run(Graph.Gated(_model.Input(2, -1, 2), _model.Input(2, 5, 3), Activation.Relu)));

    [Fact]
    public void Sums_products_factors_and_caps_work_element_by_element()
    {
        var (a, b) = (_model.Input(2, 1, 2), _model.Input(2, 3, 4));
        Assert.Equal([4f, 6f], _model.Run(Graph.Sum(a, b)));
        Assert.Equal([3f, 8f], _model.Run(Graph.Product(a, b)));
        Assert.Equal([5f, 10f], _model.Run(Graph.Product(a, _model.Input(1, 5))));
        Assert.Equal([0.5f, 1f], _model.Run(Graph.Scale(a, 0.5f)));
        Assert.Equal([10f * MathF.Tanh(0.1f), 10f * MathF.Tanh(0.2f)], _model.Run(Graph.SoftCap(a, 10f)));
    }

    [Fact]
    public void Columns_are_cut_out() =>
        Assert.Equal([2f, 3f], _model.Run(Graph.Add(new ColumnsOp(new(1, 2)), 2, [_model.Input(4, 1, 2, 3, 4)], [])));

    [Fact]
    public void Rotary_turns_pairs_that_are_half_a_head_apart()
    {
        var table = Graph.RotaryTable(Constant(MathF.PI / 2));
        var y = Graph.Rotary(_model.Input(4, 0, 0, 0, 0, 1, 2, 8, 9), table, headDim: 4, rotaryDim: 2);
        Assert.Equal([-2f, 1f, 8f, 9f], _model.Run(y, tokens: 2)[4..].Select(v => MathF.Round(v, 4)));
    }

    [Fact]
    public void Rotary_turns_neighbours_where_they_are_interleaved()
    {
        var table = Graph.RotaryTable(Constant(MathF.PI / 2, 0f));
        var x = _model.Input(4, 0, 0, 0, 0, 1, 2, 3, 4);
        Assert.Equal([-3f, 2f, 1f, 4f], Rounded(Graph.Rotary(x, table, 4, 4)));
        Assert.Equal([-2f, 1f, 3f, 4f], Rounded(Graph.Rotary(x, table, 4, 4, interleaved: true)));

        IEnumerable<float> Rounded(Value y) => _model.Run(y, tokens: 2)[4..].Select(v => MathF.Round(v, 4));
    }

    [Fact]
    public void Rotary_table_starts_at_position_0_in_each_sequence_and_is_scaled_by_its_factor()
    {
        var (cosines, _) = Graph.RotaryTable(Constant(MathF.PI), factor: 3f);
        Assert.Equal([[3f, -3f], [3f]], _model.Run(cosines, [[0, 0], [0]]));
    }

    [Fact]
    public void Constants_are_not_read() => Assert.Empty(ReadsOf(Graph.RotaryTable(Constant(1f)).Cosines));

    List<WeightSlice> ReadsOf(Value value)
    {
        _model.Run(value);
        return _model.Reads;
    }

    static Weight Constant(params float[] values) => new("constant", values.Length, 1, Shard.Replicate, [], Constant: values);
}
