using Llmc.Artifact;

namespace Llmc.Graph.Tests;

public class InterpretedExpertsTests
{
    readonly SmallModel _model = new();

    // Logits whose softmax is 1/10, 4/10, 2/10, 3/10.
    static float[] Tenths => [MathF.Log(1), MathF.Log(4), MathF.Log(2), MathF.Log(3)];

    [Fact]
    public void The_best_experts_are_chosen_and_listed_by_id() =>
        AssertRouted(new(2, RouterScore.Softmax, Normalize: false), Tenths, [1, 3], [0.4f, 0.3f]);

    [Fact]
    public void Normalized_weights_of_a_token_sum_to_the_scaling() =>
        AssertRouted(new(2, RouterScore.Softmax, Normalize: true, Scaling: 7f), Tenths, [1, 3], [4f, 3f]);

    [Fact]
    public void Softmax_of_the_selected_leaves_the_others_out() =>
        AssertRouted(new(2, RouterScore.SoftmaxOfSelected, Normalize: false), Tenths, [1, 3], [4 / 7f, 3 / 7f]);

    [Fact]
    public void A_selection_bias_decides_who_is_chosen_but_not_the_weight() =>
        AssertRouted(new(1, RouterScore.Sigmoid, Normalize: false), [0, 0], [1], [0.5f], bias: [0, 1]);

    [Fact]
    public void Of_equal_experts_the_first_is_chosen() =>
        AssertRouted(new(1, RouterScore.Sigmoid, Normalize: false), [0, 0], [0], [0.5f]);

    [Fact]
    public void Experts_come_from_the_best_groups_only() =>
        AssertRouted(new(2, RouterScore.SoftmaxOfSelected, Normalize: false, Groups: 2, SelectedGroups: 1), [9, 0, 8, 8], [0, 1], [1f, 0f], within: 1e-3f);

    [Fact]
    public void A_group_counts_for_as_many_experts_as_are_asked_for() =>
        AssertRouted(
            new(2, RouterScore.SoftmaxOfSelected, Normalize: false, Groups: 2, SelectedGroups: 1, GroupTop: 2), [9, 0, 8, 8], [2, 3], [0.5f, 0.5f]);

    [Fact]
    public void Experts_at_hand_add_up_with_their_weights()
    {
        var (experts, weights) = Route([5, 9], new(2, RouterScore.Sigmoid, Normalize: false));
        var (gate, up, down) = (_model.Experts(2, 1, 1, 1, 1), _model.Experts(2, 1, 1, 2, 3), _model.Experts(2, 1, 1, 10, 100));
        var x = _model.Input(1, 1);
        var all = _model.Graph.Experts(x, (experts, weights), gate, up, down, Activation.Relu);
        var second = new Span(1, 1);
        var local = _model.Graph.Add(
            new ExpertsOp(Activation.Relu), 1, [x, experts, weights],
            [gate.Whole with { Experts = second }, up.Whole with { Experts = second }, down.Whole with { Experts = second }]);

        Assert.Equal(20f * Sigmoid(5) + 300f * Sigmoid(9), _model.Run(all)[0], 1e-4f);
        Assert.Equal(300f * Sigmoid(9), _model.Run(local)[0], 1e-4f);
    }

    static float Sigmoid(float x) => 1f / (1f + MathF.Exp(-x));

    (Value Experts, Value Weights) Route(float[] logits, RouteOp op, float[]? bias = null) =>
        _model.Graph.Route(_model.Input(logits.Length, logits), op, bias is null ? null : _model.Vector(bias));

    void AssertRouted(RouteOp op, float[] logits, float[] experts, float[] weights, float[]? bias = null, float within = 1e-6f)
    {
        var (chosen, shares) = Route(logits, op, bias);
        Assert.Equal(experts, _model.Run(chosen));
        Assert.All(_model.Run(shares).Zip(weights), pair => Assert.Equal(pair.Second, pair.First, within));
    }
}
