using System.Runtime.CompilerServices;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>Tiles in C#: four rows by a panel, or a row by four panels, so that four chains run side by side.</summary>
sealed unsafe class ManagedTileProduct<T, TFormat>(WeightFormat weight, ActivationFormat input, int columns) : TileProduct
    where T : struct, ILanes<T>
    where TFormat : struct, ITileFormat<T>
{
    readonly long _panelBytes = new PackedWeight(weight, PackedWeight.PanelWidth, columns).PanelBytes;
    readonly int _rowBytes = PackedInput.RowBytes(input, columns);
    readonly int _groups = new PackedWeight(weight, PackedWeight.PanelWidth, columns).Groups;
    readonly int _groupBytes = new PackedWeight(weight, PackedWeight.PanelWidth, columns).GroupBytes;
    readonly int _inputGroupBytes = new PackedWeight(weight, PackedWeight.PanelWidth, columns).Group * PackedInput.ElementBytes(input);

    public override int InputOffset => 0;

    public override void Multiply(byte* panels, int panelCount, byte* rows, int rowCount, float* tile)
    {
        var row = 0;
        for (; row + 4 <= rowCount; row += 4)
            for (var panel = 0; panel < panelCount; panel++)
                FourRows(panels + panel * _panelBytes, rows + row * _rowBytes, Part(tile, row, panel));
        for (; row < rowCount; row++)
        {
            var panel = 0;
            for (; panel + 4 <= panelCount; panel += 4)
                FourPanels(panels + panel * _panelBytes, rows + row * _rowBytes, Part(tile, row, panel));
            for (; panel < panelCount; panel++)
                One(panels + panel * _panelBytes, rows + row * _rowBytes, Part(tile, row, panel));
        }
    }

    static float* Part(float* tile, int row, int panel) => tile + row * MicroKernelSpec.TileStride + panel * PackedWeight.PanelWidth;

    void FourRows(byte* group, byte* row0, float* tile)
    {
        T sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        byte* row1 = row0 + _rowBytes, row2 = row1 + _rowBytes, row3 = row2 + _rowBytes;
        long at = 0;
        for (var left = _groups; left > 0; left--, group += _groupBytes, at += _inputGroupBytes)
        {
            Step(0);
            if (TFormat.Steps == 2) Step(1);
        }
        T.Store(sum0, tile);
        T.Store(sum1, tile + MicroKernelSpec.TileStride);
        T.Store(sum2, tile + 2 * MicroKernelSpec.TileStride);
        T.Store(sum3, tile + 3 * MicroKernelSpec.TileStride);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Step(int step)
        {
            var weights = TFormat.Weights(group, step);
            sum0 = TFormat.MultiplyAdd(sum0, TFormat.Input(row0 + at, step), weights);
            sum1 = TFormat.MultiplyAdd(sum1, TFormat.Input(row1 + at, step), weights);
            sum2 = TFormat.MultiplyAdd(sum2, TFormat.Input(row2 + at, step), weights);
            sum3 = TFormat.MultiplyAdd(sum3, TFormat.Input(row3 + at, step), weights);
        }
    }

    void FourPanels(byte* panel0, byte* row, float* tile)
    {
        T sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        byte* panel1 = panel0 + _panelBytes, panel2 = panel1 + _panelBytes, panel3 = panel2 + _panelBytes;
        long at = 0;
        for (var left = _groups; left > 0; left--, row += _inputGroupBytes, at += _groupBytes)
        {
            Step(0);
            if (TFormat.Steps == 2) Step(1);
        }
        T.Store(sum0, tile);
        T.Store(sum1, tile + PackedWeight.PanelWidth);
        T.Store(sum2, tile + 2 * PackedWeight.PanelWidth);
        T.Store(sum3, tile + 3 * PackedWeight.PanelWidth);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Step(int step)
        {
            var input = TFormat.Input(row, step);
            sum0 = TFormat.MultiplyAdd(sum0, input, TFormat.Weights(panel0 + at, step));
            sum1 = TFormat.MultiplyAdd(sum1, input, TFormat.Weights(panel1 + at, step));
            sum2 = TFormat.MultiplyAdd(sum2, input, TFormat.Weights(panel2 + at, step));
            sum3 = TFormat.MultiplyAdd(sum3, input, TFormat.Weights(panel3 + at, step));
        }
    }

    void One(byte* group, byte* row, float* tile)
    {
        T sum = default;
        for (var left = _groups; left > 0; left--, group += _groupBytes, row += _inputGroupBytes)
        {
            sum = TFormat.MultiplyAdd(sum, TFormat.Input(row, 0), TFormat.Weights(group, 0));
            if (TFormat.Steps == 2) sum = TFormat.MultiplyAdd(sum, TFormat.Input(row, 1), TFormat.Weights(group, 1));
        }
        T.Store(sum, tile);
    }
}
