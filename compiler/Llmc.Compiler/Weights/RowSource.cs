using System.Runtime.InteropServices;
using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Graph;

namespace Llmc.Compiler;

/// <summary>Rows of weights as they lie in the checkpoint's files, read one at a time: memory stays at a row whatever the file's size.</summary>
sealed class RowSource(Checkpoint checkpoint)
{
    readonly Dictionary<Weight, Located> _located = [];

    /// <summary>Element type of a weight's rows.</summary>
    public DType TypeOf(Weight weight) => Locate(weight).Type;

    /// <summary>One row of a slice.</summary>
    /// <param name="expert">Index inside the slice's experts.</param>
    /// <param name="row">Index inside the slice's rows.</param>
    /// <param name="scratch">Room for a row; the result may lie in it.</param>
    public ReadOnlySpan<byte> Row(WeightSlice slice, int expert, int row, Span<byte> scratch)
    {
        var weight = slice.Weight;
        var located = Locate(weight);
        var index = (slice.Experts.Start + expert) * weight.Rows + slice.Rows.Start + row;
        if (weight.Constant is not null) return MemoryMarshal.AsBytes(located.Constant.AsSpan(index * weight.Columns + slice.Columns.Start, slice.Columns.Count));
        var part = located.PartOf(index);
        var (view, size) = (weight.Sources[part], located.Type.Bits() / 8);
        var first = view.Offset + (index - located.FirstRows[part]) * view.RowStride + slice.Columns.Start * view.ColumnStride;
        var values = scratch[..(slice.Columns.Count * size)];
        if (view.ColumnStride == 1) located.Tensors[part].Read(first * size, values);
        else Gather(located.Tensors[part], first, view.ColumnStride, size, values);
        return values;
    }

    static void Gather(CheckpointTensor tensor, long first, long stride, int size, Span<byte> row)
    {
        for (var column = 0; column < row.Length / size; column++)
            tensor.Bytes((first + column * stride) * size, size).CopyTo(row[(column * size)..]);
    }

    Located Locate(Weight weight)
    {
        if (_located.TryGetValue(weight, out var known)) return known;
        var located = weight.Constant is { } values
            ? new Located(DType.F32, [], [], [.. values])
            : new Located(checkpoint.Tensors[weight.Sources[0].Tensor].DType, [.. weight.Sources.Select(s => checkpoint.Tensors[s.Tensor])], FirstRows(weight), []);
        return _located[weight] = located;
    }

    static int[] FirstRows(Weight weight)
    {
        var (first, next) = (new int[weight.Sources.Count], 0);
        for (var i = 0; i < first.Length; i++)
        {
            first[i] = next;
            next += weight.Sources[i].Rows;
        }
        return first;
    }

    /// <summary>A weight's tensors, and the row that each begins with.</summary>
    sealed record Located(DType Type, CheckpointTensor[] Tensors, int[] FirstRows, float[] Constant)
    {
        /// <summary>The source that holds a row.</summary>
        public int PartOf(int row) => Array.BinarySearch(FirstRows, row) is >= 0 and var exact ? exact : ~Array.BinarySearch(FirstRows, row) - 1;
    }
}
