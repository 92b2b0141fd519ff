using System.Runtime.InteropServices;
using Llmc.Artifact;
using Llmc.Graph;
using Llmc.Kernels.Cpu;

namespace Llmc.Compiler;

/// <summary>Streams a rank's weights file: item after item, row after row, never more than a panel in memory.</summary>
/// <param name="written">Called with the bytes of each item as it is finished.</param>
sealed class WeightWriter(RowSource rows, Action<long> written)
{
    readonly byte[] _padding = new byte[PackedWeight.Alignment];

    /// <summary>Writes every item of a placed step at its offset.</summary>
    public void Write(StepProgram step, Stream destination)
    {
        long at = 0;
        foreach (var (item, offset) in step.Items.Zip(step.Placement!.Items))
        {
            destination.Write(_padding.AsSpan(0, (int)(offset - at)));
            WriteItem(item, destination);
            at = offset + item.Bytes;
            written(item.Bytes);
        }
        destination.Write(_padding.AsSpan(0, (int)(step.Placement.WeightBytes - at)));
    }

    void WriteItem(WeightItem item, Stream destination)
    {
        if (item is VectorItem vector) WriteVector(vector, destination);
        else
            foreach (var matrix in ((PackedItem)item).Matrices)
                WriteMatrix(((PackedItem)item).Layout, matrix, destination);
    }

    void WriteMatrix(PackedWeight layout, IReadOnlyList<RowRun> runs, Stream destination)
    {
        var type = rows.TypeOf(runs.First(r => r.Slice is not null).Slice!.Weight);
        var packer = new WeightPacker(layout, type, destination);
        var scratch = new byte[layout.Columns * type.Bits() / 8];
        foreach (var run in runs)
            for (var row = 0; row < run.Count; row++)
                if (run.Slice is null) packer.AddZero();
                else packer.Add(rows.Row(run.Slice, run.Expert, run.First + row, scratch));
        packer.Finish();
    }

    /// <summary>A vector has a column only, so that each of its rows is one number.</summary>
    void WriteVector(VectorItem item, Stream destination)
    {
        var values = new float[item.Runs.Sum(r => r.Count)];
        var (at, scratch) = (0, new byte[8]);
        foreach (var run in item.Runs)
        {
            for (var row = 0; run.Slice is not null && row < run.Count; row++)
                Elements.Widen(rows.TypeOf(run.Slice.Weight), rows.Row(run.Slice, run.Expert, run.First + row, scratch), values.AsSpan(at + row, 1));
            at += run.Count;
        }
        destination.Write(MemoryMarshal.AsBytes<float>(values));
    }
}
