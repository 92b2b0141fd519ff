using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>From a tile of raw sums to rows of y: scales, bias, factor, cap, then what <see cref="Epilogue"/> says.</summary>
sealed unsafe class TileEpilogue<T>(GemmSpec spec, int inputOffset) where T : struct, ILanes<T>
{
    const int Width = PackedWeight.PanelWidth;
    readonly Epilogue _epilogue = spec.Epilogue;
    readonly Activation _activation = spec.Epilogue is Epilogue.Activate or Epilogue.Gated ? spec.Activation : Activation.None;
    readonly int _panelsPerColumn = spec.Epilogue == Epilogue.Gated ? 2 : 1;
    readonly int _outputColumns = spec.OutputColumns;
    readonly bool _isI8 = spec.Format == WeightFormat.I8;
    readonly int _rowBytes = PackedInput.RowBytes(spec.Input, spec.Columns);
    readonly int _rowScaleOffset = PackedInput.ScaleOffset(spec.Columns);
    readonly ChannelReader<T> _channels = new(spec, inputOffset);

    /// <summary>Stores <paramref name="rows"/> rows and the columns of the given panels, pairs of panels for a gated product.</summary>
    public void Store(float* tile, in GemmParameters launch, int firstRow, int rows, int firstPanel, int panels)
    {
        for (var panel = 0; panel < panels; panel += _panelsPerColumn)
            for (var lane = 0; lane < Width; lane += T.Count)
            {
                var column = (firstPanel + panel) / _panelsPerColumn * Width + lane;
                var channel = (firstPanel + panel) * Width + lane;
                if (column >= _outputColumns) return;
                StoreColumn(tile + panel * Width + lane, launch, firstRow, rows, channel, column);
            }
    }

    void StoreColumn(float* sums, in GemmParameters launch, int firstRow, int rows, int channel, int column)
    {
        switch (_activation)
        {
            case Activation.Silu: StoreColumn<Silu>(sums, launch, firstRow, rows, channel, column); break;
            case Activation.Gelu: StoreColumn<Gelu>(sums, launch, firstRow, rows, channel, column); break;
            case Activation.GeluTanh: StoreColumn<GeluTanh>(sums, launch, firstRow, rows, channel, column); break;
            case Activation.Relu: StoreColumn<Relu>(sums, launch, firstRow, rows, channel, column); break;
            case Activation.Relu2: StoreColumn<Relu2>(sums, launch, firstRow, rows, channel, column); break;
            default: StoreColumn<Identity>(sums, launch, firstRow, rows, channel, column); break;
        }
    }

    /// <summary>
    /// Asks for the lines that <see cref="Store"/> will write while the product is still being computed: rows lie so far apart
    /// that each is a miss of its own, and stores retire in order.
    /// </summary>
    public void Prefetch(in GemmParameters launch, int firstRow, int rows, int firstPanel, int panels)
    {
        if (!Sse.IsSupported) return;
        var first = (long)firstPanel / _panelsPerColumn * Width;
        var columns = Math.Min(panels / _panelsPerColumn * Width, _outputColumns - first);
        for (var row = firstRow; row < firstRow + rows; row++)
            for (var column = 0; column < columns; column += Width)
            {
                var at = (long)row * _outputColumns + first + column;
                Sse.Prefetch1(launch.Output + at);
                if (_epilogue == Epilogue.AddResidual) Sse.Prefetch1(launch.Residual + at);
            }
    }

    /// <summary>As many columns of y as a register has lanes, or what is left of the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void StoreColumn<TActivation>(float* sums, in GemmParameters launch, int firstRow, int rows, int channel, int column)
        where TActivation : struct, IActivation
    {
        var width = Math.Min(T.Count, _outputColumns - column);
        var channels = _channels.Read(launch, channel);
        var upChannels = _epilogue == Epilogue.Gated ? _channels.Read(launch, channel + Width) : default;
        for (var row = firstRow; row < firstRow + rows; row++, sums += MicroKernelSpec.TileStride)
        {
            var at = (long)row * _outputColumns + column;
            var rowScale = _isI8 ? *(float*)(launch.Workspace + (long)row * _rowBytes + _rowScaleOffset) : 1f;
            var y = TActivation.Apply(Product(sums, channels, rowScale));
            if (_epilogue == Epilogue.Gated) y *= Product(sums + Width, upChannels, rowScale);
            if (_epilogue == Epilogue.AddResidual)
                y += width == T.Count ? T.Load(launch.Residual + at) : Lines.LoadFirst<T>(launch.Residual + at, width);
            if (width == T.Count) T.Store(y, launch.Output + at);
            else Lines.StoreFirst(y, launch.Output + at, width);
        }
    }

    /// <summary>cap(factor · (sum · scales + bias)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    T Product(float* sums, in Channels<T> channels, float rowScale)
    {
        var sum = T.Load(sums);
        if (_isI8) sum = T.ToFloat(T.SubtractIntegers(sum, channels.Correction)) * T.Broadcast(rowScale);
        var y = (sum * channels.Scale + channels.Bias) * T.Broadcast(spec.Scale);
        return spec.SoftCap > 0f ? Cap(y) : y;
    }

    T Cap(T y) => T.Broadcast(spec.SoftCap) * VectorMath.Tanh(y * T.Broadcast(1f / spec.SoftCap));
}
