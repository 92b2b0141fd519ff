using System.Runtime.CompilerServices;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>
/// Tiles in C#. A column is as many channels of a panel as a register has lanes; four rows by two columns or a row by four
/// keep enough chains running side by side without spilling sixteen registers.
/// </summary>
sealed unsafe class ManagedTileProduct<T, TFormat>(WeightFormat weight, ActivationFormat input, int columns) : TileProduct
    where T : struct, ILanes<T>
    where TFormat : struct, ITileFormat<T>
{
    readonly long _panelBytes = new PackedWeight(weight, PackedWeight.PanelWidth, columns).PanelBytes;
    readonly int _groups = new PackedWeight(weight, PackedWeight.PanelWidth, columns).Groups;
    readonly int _groupBytes = new PackedWeight(weight, PackedWeight.PanelWidth, columns).GroupBytes;
    readonly int _inputGroupBytes = new PackedWeight(weight, PackedWeight.PanelWidth, columns).Group * PackedInput.ElementBytes(input);
    readonly int _rowBytes = PackedInput.RowBytes(input, columns);

    /// <summary>Columns of a panel.</summary>
    static int Parts => PackedWeight.PanelWidth / T.Count;

    public override int InputOffset => 0;

    public override void Multiply(byte* panels, int panelCount, byte* rows, int rowCount, float* tile)
    {
        var row = 0;
        for (; row + 4 <= rowCount; row += 4)
            MultiplyFourRows(panels, panelCount * Parts, rows + row * _rowBytes, tile + row * MicroKernelSpec.TileStride);
        for (; row < rowCount; row++)
            MultiplyRow(panels, panelCount * Parts, rows + row * _rowBytes, tile + row * MicroKernelSpec.TileStride);
    }

    void MultiplyFourRows(byte* panels, int count, byte* rows, float* tile)
    {
        var column = 0;
        for (; column + 2 <= count; column += 2)
            FourByTwo(Column(panels, column), Column(panels, column + 1), rows, tile + column * T.Count);
        if (column == count) return;
        for (var row = 0; row < 4; row++, rows += _rowBytes, tile += MicroKernelSpec.TileStride)
            OneByOne(Column(panels, column), rows, tile + column * T.Count);
    }

    void MultiplyRow(byte* panels, int count, byte* row, float* tile)
    {
        var column = 0;
        for (; column + 4 <= count; column += 4)
            OneByFour(
                Column(panels, column), Column(panels, column + 1), Column(panels, column + 2), Column(panels, column + 3), row,
                tile + column * T.Count);
        for (; column < count; column++) OneByOne(Column(panels, column), row, tile + column * T.Count);
    }

    /// <summary>First byte of a column's first group.</summary>
    byte* Column(byte* panels, int column) => panels + column / Parts * _panelBytes + column % Parts * (_groupBytes / Parts);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void FourByTwo(byte* left, byte* right, byte* row0, float* tile)
    {
        T a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        byte* row1 = row0 + _rowBytes, row2 = row1 + _rowBytes, row3 = row2 + _rowBytes;
        long at = 0, k = 0;
        for (var group = 0; group < _groups; group++, at += _groupBytes, k += _inputGroupBytes)
        {
            T leftWeights = TFormat.Weights(left + at, 0), rightWeights = TFormat.Weights(right + at, 0);
            Add(ref a0, ref b0, TFormat.Input(row0 + k, 0), leftWeights, rightWeights);
            Add(ref a1, ref b1, TFormat.Input(row1 + k, 0), leftWeights, rightWeights);
            Add(ref a2, ref b2, TFormat.Input(row2 + k, 0), leftWeights, rightWeights);
            Add(ref a3, ref b3, TFormat.Input(row3 + k, 0), leftWeights, rightWeights);
            if (TFormat.Steps == 1) continue;
            (leftWeights, rightWeights) = (TFormat.Weights(left + at, 1), TFormat.Weights(right + at, 1));
            Add(ref a0, ref b0, TFormat.Input(row0 + k, 1), leftWeights, rightWeights);
            Add(ref a1, ref b1, TFormat.Input(row1 + k, 1), leftWeights, rightWeights);
            Add(ref a2, ref b2, TFormat.Input(row2 + k, 1), leftWeights, rightWeights);
            Add(ref a3, ref b3, TFormat.Input(row3 + k, 1), leftWeights, rightWeights);
        }
        StorePair(a0, b0, tile);
        StorePair(a1, b1, tile + MicroKernelSpec.TileStride);
        StorePair(a2, b2, tile + 2 * MicroKernelSpec.TileStride);
        StorePair(a3, b3, tile + 3 * MicroKernelSpec.TileStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void OneByFour(byte* column0, byte* column1, byte* column2, byte* column3, byte* row, float* tile)
    {
        T sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        long at = 0;
        for (var group = 0; group < _groups; group++, at += _groupBytes, row += _inputGroupBytes)
        {
            var input = TFormat.Input(row, 0);
            Add(ref sum0, ref sum1, input, TFormat.Weights(column0 + at, 0), TFormat.Weights(column1 + at, 0));
            Add(ref sum2, ref sum3, input, TFormat.Weights(column2 + at, 0), TFormat.Weights(column3 + at, 0));
            if (TFormat.Steps == 1) continue;
            input = TFormat.Input(row, 1);
            Add(ref sum0, ref sum1, input, TFormat.Weights(column0 + at, 1), TFormat.Weights(column1 + at, 1));
            Add(ref sum2, ref sum3, input, TFormat.Weights(column2 + at, 1), TFormat.Weights(column3 + at, 1));
        }
        StorePair(sum0, sum1, tile);
        StorePair(sum2, sum3, tile + 2 * T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void OneByOne(byte* column, byte* row, float* tile)
    {
        T sum = default;
        for (var group = 0; group < _groups; group++, column += _groupBytes, row += _inputGroupBytes)
            for (var step = 0; step < TFormat.Steps; step++)
                sum = TFormat.MultiplyAdd(sum, TFormat.Input(row, step), TFormat.Weights(column, step));
        T.Store(sum, tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(ref T a, ref T b, T input, T left, T right)
    {
        a = TFormat.MultiplyAdd(a, input, left);
        b = TFormat.MultiplyAdd(b, input, right);
    }

    static void StorePair(T a, T b, float* tile)
    {
        T.Store(a, tile);
        T.Store(b, tile + T.Count);
    }
}
