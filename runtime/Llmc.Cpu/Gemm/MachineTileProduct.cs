using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>Calls the engine's machine code: for each number of rows a wide tile and one of a single panel.</summary>
sealed unsafe class MachineTileProduct : TileProduct
{
    /// <summary>By number of rows.</summary>
    readonly delegate* unmanaged<byte*, byte*, float*, void>[] _wide, _single;
    readonly long _panelBytes;

    MachineTileProduct(WeightFormat weight, int columns)
    {
        _wide = new delegate* unmanaged<byte*, byte*, float*, void>[MicroKernelSpec.MaxRows + 1];
        _single = new delegate* unmanaged<byte*, byte*, float*, void>[MicroKernelSpec.MaxRows + 1];
        _panelBytes = new PackedWeight(weight, PackedWeight.PanelWidth, columns).PanelBytes;
    }

    public override int InputOffset => 128;

    /// <summary>Null when the machine or the engine lacks any of the tiles.</summary>
    public static MachineTileProduct? TryCreate(WeightFormat weight, ActivationFormat input, int columns, InstructionSet set, CodeImage code)
    {
        if (MicroKernelSpec.SetFor(weight, input) is not { } needed || needed > set) return null;
        var product = new MachineTileProduct(weight, columns);
        foreach (var tile in MicroKernelSpec.TilesOf(weight, input, columns))
        {
            var entry = (delegate* unmanaged<byte*, byte*, float*, void>)code.Find(tile.Name);
            if (entry == null) return null;
            (tile.Panels == 1 ? product._single : product._wide)[tile.Rows] = entry;
        }
        return product;
    }

    public override void Multiply(byte* panels, int panelCount, byte* rows, int rowCount, float* tile)
    {
        if (panelCount == MicroKernelSpec.WidePanels(rowCount))
        {
            _wide[rowCount](panels, rows, tile);
            return;
        }
        for (var panel = 0; panel < panelCount; panel++)
            _single[rowCount](panels + panel * _panelBytes, rows, tile + panel * PackedWeight.PanelWidth);
    }
}
