using System.Runtime.InteropServices;
using Llmc.Artifact;

namespace Llmc.Kernels.Cpu;

/// <summary>
/// Packs a matrix w[N, K] row by row into a <see cref="PackedWeight"/>: rows go in in packed order, each panel goes out once its
/// 16 rows are there, scales and sums follow at the end. Holds one panel, whatever the matrix's size.
/// </summary>
/// <param name="weight">The layout to write.</param>
/// <param name="source">Element type of the rows: F32, BF16 or F16.</param>
/// <param name="destination">Where the packed bytes go, <see cref="PackedWeight.Bytes"/> in all.</param>
public sealed class WeightPacker(PackedWeight weight, DType source, Stream destination)
{
    readonly RowConverter _converter = RowConverter.For(weight, source);
    readonly int _rowBytes = weight.PaddedColumns * weight.ElementBytes;
    readonly byte[] _rows = new byte[PackedWeight.PanelWidth * weight.PaddedColumns * weight.ElementBytes];
    readonly byte[] _panel = new byte[weight.PanelBytes];
    readonly float[] _scales = new float[weight.Panels * PackedWeight.PanelWidth];
    readonly int[] _sums = new int[weight.Panels * PackedWeight.PanelWidth];
    int _count;

    /// <summary>Adds the next row of the packed matrix.</summary>
    /// <param name="values">K little-endian elements of the source type.</param>
    public void Add(ReadOnlySpan<byte> values)
    {
        var row = Next();
        (_scales[_count - 1], _sums[_count - 1]) = _converter.Convert(values, row);
        FlushFullPanel();
    }

    /// <summary>Adds a row of zeros: the padding of gate and of up.</summary>
    public void AddZero()
    {
        Next().Clear();
        FlushFullPanel();
    }

    /// <summary>Writes the last panel, then scales and sums. All rows must have been added.</summary>
    public void Finish()
    {
        if (_count != weight.Rows)
            throw new InvalidOperationException($"the matrix has {weight.Rows} rows, of which {_count} were added");
        while (_count % PackedWeight.PanelWidth != 0)
        {
            Row(_count).Clear();
            _count++;
            FlushFullPanel();
        }
        if (weight.Format is WeightFormat.I8 or WeightFormat.F8E4M3) destination.Write(MemoryMarshal.AsBytes<float>(_scales));
        if (weight.Format is WeightFormat.I8) destination.Write(MemoryMarshal.AsBytes<int>(_sums));
    }

    Span<byte> Next()
    {
        if (_count == weight.Rows) throw new InvalidOperationException($"the matrix has {weight.Rows} rows, and this is one more");
        return Row(_count++);
    }

    Span<byte> Row(int row) => _rows.AsSpan(row % PackedWeight.PanelWidth * _rowBytes, _rowBytes);

    void FlushFullPanel()
    {
        if (_count % PackedWeight.PanelWidth != 0) return;
        PanelInterleaving.Interleave(_rows, _panel, weight);
        destination.Write(_panel);
    }
}
