namespace Llmc.Graph.Tests;

public class AxisTests
{
    [Theory]
    [InlineData(4, 2, "0..2 2..4")]
    [InlineData(4, 3, "0..1 1..2 2..4")]
    [InlineData(3, 3, "0..1 1..2 2..3")]
    public void Heads_are_divided_as_evenly_as_they_can(int heads, int tp, string expected) =>
        Assert.Equal(expected, Units(new Axis("heads", heads, Unit: 64), new Plan(tp)));

    [Theory]
    [InlineData(4, 2, 2, "0..1 1..2")]           // a KV head a rank
    [InlineData(4, 2, 4, "0..1 0..1 1..2 1..2")] // each KV head on two ranks
    [InlineData(4, 2, 3, "0..1 0..1 1..2")]      // rank 1 has query head 1, rank 2 heads 2 and 3
    [InlineData(6, 3, 4, "0..1 0..2 1..2 2..3")] // query heads 1 and 2 of rank 1 belong to two KV heads
    public void A_rank_gets_every_kv_head_that_its_query_heads_need(int queries, int kv, int tp, string expected) =>
        Assert.Equal(expected, Units(new Axis("kv_heads", kv, Unit: 64, Group: queries / kv), new Plan(tp)));

    [Fact]
    public void A_span_counts_rows_not_units() =>
        Assert.Equal(new Span(128, 64), new Axis("heads", 3, Unit: 64).SpanOf(new Plan(Tp: 3), rank: 2));

    [Theory]
    [InlineData(14336, "0..4736 4736..9536 9536..14336")] // 224 blocks of 64: 74, 75 and 75
    [InlineData(800, "0..256 256..512 512..800")]         // 25 blocks of 32: 8, 8 and 9
    [InlineData(160, "0..53 53..106 106..160")]           // a block of 16 is too much of a rank's part
    [InlineData(1000, "0..333 333..666 666..1000")]       // no multiple of 16
    public void Long_dimensions_are_divided_in_blocks(int length, string expected) =>
        Assert.Equal(expected, Units(new Axis("ffn", length), new Plan(Tp: 3)));

    [Fact]
    public void Experts_are_divided_by_ep_and_each_expert_inside_by_what_is_left()
    {
        var plan = new Plan(Tp: 4, Ep: 2);
        var (experts, width) = (new Axis("experts", 8, Mesh: Mesh.Ep), new Axis("expert_ffn", 96, Mesh: Mesh.ExpertTp));
        Assert.Equal("0..4 0..4 4..8 4..8", Units(experts, plan));
        Assert.Equal("0..48 48..96 0..48 48..96", Units(width, plan));
    }

    [Fact]
    public void Attention_is_repeated_where_ep_is_above_tp()
    {
        var plan = new Plan(Tp: 2, Ep: 4);
        Assert.Equal("0..2 2..4 0..2 2..4", Units(new Axis("heads", 4, Unit: 8), plan));
        Assert.Equal([2, 3], plan.Group(Mesh.Tp, rank: 3));
        Assert.Equal([0, 1, 2, 3], plan.Group(Mesh.World, rank: 3));
    }

    static string Units(Axis axis, Plan plan) => string.Join(' ', Enumerable.Range(0, plan.World).Select(rank => axis.UnitsOf(plan, rank)));
}
