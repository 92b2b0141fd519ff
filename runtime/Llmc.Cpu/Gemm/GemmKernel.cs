using System.Runtime.CompilerServices;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>
/// A <see cref="GemmSpec"/> on this machine: pack the rows, wait, multiply the panels. The bits of an output depend on its row
/// and channel alone: neither the other rows, nor the tiles, nor the number of threads enter.
/// </summary>
abstract unsafe class GemmKernel(GemmSpec spec) : CpuKernel
{
    /// <summary>The kernel for a machine with <paramref name="set"/>, with the engine's machine code where there is some.</summary>
    public static GemmKernel For(GemmSpec spec, InstructionSet set, CodeImage code) => set switch
    {
        InstructionSet.Portable => For<Lanes128>(spec, set, code),
        InstructionSet.Avx2 => For<Lanes256>(spec, set, code),
        _ => For<Lanes512>(spec, set, code),
    };

    static GemmKernel<T> For<T>(GemmSpec spec, InstructionSet set, CodeImage code) where T : struct, ILanes<T> =>
        new(spec, TileProduct.For<T>(spec.Format, spec.Input, spec.Columns, set, code));

    public override void Execute(void* parameters, Team team)
    {
        ref var launch = ref *(GemmParameters*)parameters;
        PackRows(launch, team);
        team.Barrier();
        MultiplyPanels(launch, team);
    }

    /// <summary>This thread's share of the rows: input → workspace.</summary>
    public void PackRows(in GemmParameters launch, Team team)
    {
        var (start, end) = team.Share(launch.Tokens);
        for (var row = start; row < end; row++) PackRow(launch, row);
    }

    /// <summary>This thread's share of the output columns: workspace by weight → output.</summary>
    public void MultiplyPanels(in GemmParameters launch, Team team)
    {
        if (launch.Tokens == 0) return;
        var pair = spec.Epilogue == Epilogue.Gated ? 2 : 1;
        var (start, end) = team.Share(spec.Weight.Panels / pair);
        MultiplyRange(launch, start * pair, end * pair);
    }

    protected abstract void PackRow(in GemmParameters launch, int row);

    protected abstract void MultiplyRange(in GemmParameters launch, int firstPanel, int endPanel);
}

/// <summary>The same with registers of <typeparamref name="T"/>.</summary>
sealed unsafe class GemmKernel<T>(GemmSpec spec, TileProduct product) : GemmKernel(spec) where T : struct, ILanes<T>
{
    readonly GemmSpec _spec = spec;
    readonly TileProduct _product = product;
    readonly TileEpilogue<T> _epilogue = new(spec, product.InputOffset);
    readonly long _panelBytes = spec.Weight.PanelBytes;
    readonly int _rowBytes = PackedInput.RowBytes(spec.Input, spec.Columns);

    protected override void PackRow(in GemmParameters launch, int row) => InputPacking.Pack<T>(_spec, launch, row, _product.InputOffset);

    /// <summary>
    /// Panels outside, rows inside: a block of panels is read from memory once and then stays in the second-level cache while
    /// all rows pass by. Rows are dealt out evenly, as 16 are better multiplied as 8 + 8 than as 12 + 4.
    /// </summary>
    [SkipLocalsInit]
    protected override void MultiplyRange(in GemmParameters launch, int firstPanel, int endPanel)
    {
        var tile = Tile(stackalloc float[TileProduct.TileLanes + PackedWeight.PanelWidth]);
        var tiles = (launch.Tokens + MicroKernelSpec.MaxRows - 1) / MicroKernelSpec.MaxRows;
        var tileRows = (launch.Tokens + tiles - 1) / tiles;
        var blockPanels = MicroKernelSpec.WidePanels(tileRows);
        for (var panel = firstPanel; panel < endPanel; panel += blockPanels)
        {
            var panels = Math.Min(blockPanels, endPanel - panel);
            for (var row = 0; row < launch.Tokens; row += tileRows)
            {
                var rows = Math.Min(tileRows, launch.Tokens - row);
                _epilogue.Prefetch(launch, row, rows, panel, panels);
                _product.Multiply(launch.Weight + panel * _panelBytes, panels, launch.Workspace + (long)row * _rowBytes, rows, tile);
                _epilogue.Store(tile, launch, row, rows, panel, panels);
            }
        }
    }

    /// <summary>The first cache line of stack memory that has a line to spare.</summary>
    static float* Tile(Span<float> memory) => (float*)(((nint)Unsafe.AsPointer(ref memory[0]) + 63) & ~63);
}
