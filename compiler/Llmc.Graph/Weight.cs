using Llmc.Artifact;

namespace Llmc.Graph;

/// <summary>A strided view of rows inside one checkpoint tensor; all counts in elements.</summary>
/// <param name="Tensor">Name in the checkpoint.</param>
/// <param name="Shape">The whole tensor's shape, as the model expects it.</param>
/// <param name="Rows">Rows of the view.</param>
/// <param name="Offset">Element at row 0, column 0.</param>
/// <param name="RowStride">Distance between rows.</param>
/// <param name="ColumnStride">Distance between columns; 1 unless the tensor is stored transposed.</param>
public sealed record TensorRows(
    string Tensor, IReadOnlyList<long> Shape, int Rows, long Offset, long RowStride, long ColumnStride = 1);

/// <summary>
/// A parameter of the model, bound once: its shape, where it lies in the checkpoint and how ranks divide it.
/// Matrices are [rows = outputs, columns = inputs]; vectors are [rows, 1]; expert matrices have a leading dimension.
/// </summary>
/// <param name="Name">Module path without the model's prefix: <c>layers.0.self_attn.q_proj.weight</c>.</param>
/// <param name="Experts">Matrices stacked in it; 1 for all but experts.</param>
/// <param name="Sources">Views that follow each other: Experts · Rows rows in all; empty for a computed constant.</param>
/// <param name="Constant">Values of a weight that is computed and not read (inverse frequencies).</param>
/// <param name="Copy">A tensor that may stand in the checkpoint beside its source and has the same values then (a tied head).</param>
public sealed record Weight(
    string Name, int Rows, int Columns, Shard Shard, IReadOnlyList<TensorRows> Sources, int Experts = 1,
    IReadOnlyList<float>? Constant = null, string? Copy = null)
{
    /// <summary>All of it.</summary>
    public WeightSlice Whole => new(this, new(0, Experts), new(0, Rows), new(0, Columns));

    /// <summary>The part of a rank.</summary>
    public WeightSlice SliceFor(Plan plan, int rank) => new(
        this,
        Shard.Experts?.SpanOf(plan, rank) ?? new(0, Experts),
        Shard.Rows?.SpanOf(plan, rank) ?? new(0, Rows),
        Shard.Columns?.SpanOf(plan, rank) ?? new(0, Columns));
}

/// <summary>A rectangle of a <see cref="Weight"/>: what one rank holds.</summary>
public sealed record WeightSlice(Weight Weight, Span Experts, Span Rows, Span Columns)
{
    /// <summary>Nothing is cut off.</summary>
    public bool IsWhole => Experts.Count == Weight.Experts && Rows.Count == Weight.Rows && Columns.Count == Weight.Columns;

    /// <summary><c>w[name]</c>, with the cut where there is one: <c>w[name rows 0..128]</c>.</summary>
    public override string ToString()
    {
        var cut = string.Concat(
            Experts.Count == Weight.Experts ? "" : $" experts {Experts}",
            Rows.Count == Weight.Rows ? "" : $" rows {Rows}",
            Columns.Count == Weight.Columns ? "" : $" columns {Columns}");
        return $"w[{Weight.Name}{cut}]";
    }
}
