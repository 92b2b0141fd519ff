using Llmc.Artifact;

namespace Llmc.Graph.Tests;

public class GraphTextTests
{
    [Fact]
    public void A_line_names_results_operation_operands_attributes_and_types()
    {
        var graph = new GraphBuilder(DType.BF16);
        var (x, layer) = (graph.In("embed").Embedding(Matrix("embed.weight", 9, 8)), graph.In("layers.0", 0));
        layer.Norm(x, NormKind.Rms, 1e-5f, Matrix("layers.0.norm.weight", 8, 1));
        layer.Route(x, new(2, RouterScore.Sigmoid, Normalize: true, Scaling: 2.5f, Groups: 4, SelectedGroups: 2, GroupTop: 2));
        var attended = layer.Attention(x, x, x, new(3, new(4, 2, 2, 1, 2), 0.5f, Window: 8, SoftCap: 50f));
        Assert.Equal(
            """
            model small

              %0 = ids : i32[T, 1]
              %1 = positions : i32[T, 1]

              # embed
              %2 = embedding %0, w[embed.weight] : bf16[T, 8]

              # layers.0
              %3 = rms_norm %2, w[layers.0.norm.weight] over=8 eps=1e-05 : bf16[T, 8]
              %4, %5 = route %2 top=2 sigmoid normalize scaling=2.5 groups=2/4 group_top=2 : i32[T, 2], f32[T, 2]
              %6 = attention %2, %2, %2 layer=3 heads=4/2x2 group_offset=1 scale=0.5 window=8 soft_cap=50 : bf16[T, 8]

              return %6

            weights

              embed.weight          [9, 8]
              layers.0.norm.weight  [8]

            """, graph.Build("small", attended).ToText());
    }

    [Fact]
    public void A_slice_says_what_it_cuts()
    {
        var slice = new Weight("experts", 6, 4, Shard.Replicate, [], Experts: 8).Whole with { Experts = new(2, 2), Columns = new(0, 3) };
        Assert.Equal("w[experts experts 2..4 columns 0..3]", slice.ToString());
    }

    [Fact]
    public void Weights_of_layers_that_are_alike_share_a_line()
    {
        var ffn = new Axis("ffn", 16);
        var graph = new GraphBuilder(DType.F32);
        var x = graph.Embedding(Matrix("embed", 9, 8));
        foreach (var layer in (int[])[0, 1, 2]) x = graph.Linear(x, Matrix($"layers.{layer}.up", 8, 8, new(Rows: ffn)));
        foreach (var layer in (int[])[0, 2]) x = graph.Linear(x, Matrix($"layers.{layer}.down", 8, 8, new(Columns: ffn)));
        Assert.EndsWith(
            """
            weights

              embed              [9, 8]
              layers.{0..2}.up   [8, 8]  rows: ffn 16 over tp
              layers.{0,2}.down  [8, 8]  columns: ffn 16 over tp

            """,
            graph.Build("small", x).ToText(), StringComparison.Ordinal);
    }

    static Weight Matrix(string name, int rows, int columns, Shard? shard = null) => new(name, rows, columns, shard ?? Shard.Replicate, []);
}
