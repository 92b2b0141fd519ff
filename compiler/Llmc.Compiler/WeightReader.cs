using Llmc.Checkpoints;
using Llmc.Graph;

namespace Llmc.Compiler;

/// <summary>Weights of a checkpoint for the reference interpreter.</summary>
sealed class WeightReader(Checkpoint checkpoint) : IWeightReader
{
    readonly RowSource _rows = new(checkpoint);

    public float[] Read(WeightSlice slice)
    {
        var (type, columns) = (_rows.TypeOf(slice.Weight), slice.Columns.Count);
        var values = new float[slice.Experts.Count * slice.Rows.Count * columns];
        var scratch = new byte[columns * sizeof(float)];
        for (var expert = 0; expert < slice.Experts.Count; expert++)
            for (var row = 0; row < slice.Rows.Count; row++)
                Elements.Widen(type, _rows.Row(slice, expert, row, scratch), values.AsSpan((expert * slice.Rows.Count + row) * columns, columns));
        return values;
    }
}
