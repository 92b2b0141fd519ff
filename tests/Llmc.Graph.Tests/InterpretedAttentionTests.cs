using Llmc.Artifact;

namespace Llmc.Graph.Tests;

/// <summary>Attention with heads of one dimension and keys of zero, so that every visible position has the same share.</summary>
public class InterpretedAttentionTests
{
    readonly SmallModel _model = new();

    [Fact]
    public void A_token_sees_itself_and_what_came_before() =>
        Assert.Equal([1f, 2f, 3f], Attend(new(0, OneHead, 1f), [[0, 1, 2]])[0]);

    [Fact]
    public void A_window_counts_the_token_itself() =>
        Assert.Equal([1f, 2f, 4f], Attend(new(0, OneHead, 1f, Window: 2), [[0, 1, 2]])[0]);

    [Fact]
    public void Sequences_do_not_see_each_other() =>
        Assert.Equal([[1f, 2f], [5f]], Attend(new(0, OneHead, 1f), [[0, 1], [2]]));

    [Fact]
    public void A_sink_takes_its_share_and_gives_nothing() =>
        Assert.Equal([0.5f], Attend(new(0, OneHead, 1f), [[0]], _model.Vector(0f))[0]);

    [Fact]
    public void Scores_are_scaled_before_they_are_capped()
    {
        var (q, k, v) = (_model.Input(1, 1, 1), _model.Input(1, 0, 4), _model.Input(1, 0, 1));
        var capped = _model.Graph.Attention(q, k, v, new(0, OneHead, Scale: 0.5f, SoftCap: 1f));
        var share = MathF.Exp(MathF.Tanh(2f)) / (MathF.Exp(MathF.Tanh(2f)) + 1f);
        Assert.Equal(share, _model.Run(capped, tokens: 2)[1], 1e-6f);
    }

    [Fact]
    public void Query_heads_share_the_kv_head_of_their_group()
    {
        var (q, k, v) = (_model.Input(3, 0, 0, 0), _model.Input(2, 0, 0), _model.Input(2, 7, 8));
        var heads = new Heads(Query: 3, Kv: 2, GroupSize: 2, GroupOffset: 1, Dim: 1);
        Assert.Equal([7f, 8f, 8f], _model.Run(_model.Graph.Attention(q, k, v, new(0, heads, 1f))));
    }

    static Heads OneHead => new(Query: 1, Kv: 1, GroupSize: 1, GroupOffset: 0, Dim: 1);

    IReadOnlyList<float[]> Attend(AttentionOp op, int[][] sequences, Weight? sinks = null)
    {
        var (zeros, v) = (_model.Input(1, 0, 0, 0), _model.Input(1, 1, 3, 5));
        return _model.Run(_model.Graph.Attention(zeros, zeros, v, op, sinks), sequences);
    }
}
