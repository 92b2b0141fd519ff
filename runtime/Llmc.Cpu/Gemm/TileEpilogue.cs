using System.Runtime.CompilerServices;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>From a tile of raw sums to rows of y: scales, bias, factor, cap, then what <see cref="Epilogue"/> says.</summary>
sealed unsafe class TileEpilogue<T>(GemmSpec spec, int inputOffset) where T : struct, ILanes<T>
{
    const int Width = PackedWeight.PanelWidth;
    readonly PackedWeight _weight = spec.Weight;
    readonly int _outputColumns = spec.OutputColumns;
    readonly int _rowBytes = PackedInput.RowBytes(spec.Input, spec.Columns);

    /// <summary>Stores <paramref name="rows"/> rows from <paramref name="firstRow"/> and the columns of the given panels; for a gated product the panels are pairs.</summary>
    public void Store(float* tile, in GemmParameters launch, int firstRow, int rows, int firstPanel, int panels)
    {
        var step = spec.Epilogue == Epilogue.Gated ? 2 : 1;
        for (var row = 0; row < rows; row++)
            for (var panel = 0; panel < panels; panel += step)
            {
                var sums = tile + row * MicroKernelSpec.TileStride + panel * Width;
                StorePanel(sums, launch, firstRow + row, firstPanel + panel, (firstPanel + panel) / step * Width);
            }
    }

    void StorePanel(float* sums, in GemmParameters launch, int row, int panel, int column)
    {
        var width = Math.Min(Width, _outputColumns - column);
        if (width <= 0) return;
        var at = (long)row * _outputColumns + column;
        var y = Product(sums, launch, row, panel);
        y = spec.Epilogue switch
        {
            Epilogue.Activate => Activations.Apply(spec.Activation, y),
            Epilogue.Gated => Activations.Apply(spec.Activation, y) * Product(sums + Width, launch, row, panel + 1),
            Epilogue.AddResidual => y + (width == Width ? T.Load(launch.Residual + at) : Lines.LoadFirst<T>(launch.Residual + at, width)),
            _ => y,
        };
        if (width == Width) T.Store(y, launch.Output + at);
        else Lines.StoreFirst(y, launch.Output + at, width);
    }

    /// <summary>cap(scale · (sum · scales + bias)) of one row and panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    T Product(float* sums, in GemmParameters launch, int row, int panel)
    {
        var y = Dequantize(T.Load(sums), launch, row, panel);
        if (spec.Bias) y += Bias(launch.Bias + panel * Width, _weight.Rows - panel * Width);
        if (spec.Scale != 1f) y *= T.Broadcast(spec.Scale);
        if (spec.SoftCap > 0f) y = T.Broadcast(spec.SoftCap) * VectorMath.Tanh(y * T.Broadcast(1f / spec.SoftCap));
        return y;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    T Dequantize(T sums, in GemmParameters launch, int row, int panel)
    {
        if (_weight.Format is WeightFormat.F32 or WeightFormat.BF16) return sums;
        var channelScales = T.Load((float*)(launch.Weight + _weight.ScalesOffset) + panel * Width);
        if (_weight.Format == WeightFormat.F8E4M3) return sums * channelScales;
        if (inputOffset != 0)
        {
            // Σ (q + 128) · w - 128 · Σ w
            var channelSums = T.Load((float*)(launch.Weight + _weight.SumsOffset) + panel * Width);
            sums = T.SubtractIntegers(sums, T.ShiftLeft(channelSums, 7));
        }
        var rowScale = *(float*)(launch.Workspace + (long)row * _rowBytes + PackedInput.ScaleOffset(spec.Columns));
        return T.ToFloat(sums) * channelScales * T.Broadcast(rowScale);
    }

    static T Bias(float* bias, int count) => count >= Width ? T.Load(bias) : Lines.LoadFirst<T>(bias, count);
}
