using System.Text.Json.Serialization;

namespace Llmc.Artifact;

/// <summary>
/// Machine code for one tile of a product, specialised on K: <c>void(byte* panels, byte* rows, void* tile)</c> in the System V
/// calling convention. tile[r][16·p + c] = Σ over k of rows[r][k] · panels[p][k][c], ascending, in one chain of float32 or
/// int32; <see cref="TileStride"/> lanes lie between rows of the tile.
/// </summary>
/// <param name="Set">The instructions it uses.</param>
/// <param name="Weight">Layout of the panels, consecutive in a <see cref="PackedWeight"/>.</param>
/// <param name="Input">Layout of the rows, consecutive in a <see cref="PackedInput"/>.</param>
/// <param name="Columns">K.</param>
/// <param name="Rows">Input rows of the tile, 1 to <see cref="MaxRows"/>.</param>
/// <param name="Panels">Panels of the tile, 1 or <see cref="WidePanels"/> of its rows.</param>
public readonly record struct MicroKernelSpec(
    InstructionSet Set, WeightFormat Weight, ActivationFormat Input, int Columns, int Rows, int Panels)
{
    /// <summary>Most input rows of a tile: 12 x 2 accumulators leave 8 registers for operands and constants.</summary>
    public const int MaxRows = 12;

    /// <summary>Most panels of a tile.</summary>
    public const int MaxPanels = 8;

    /// <summary>Lanes between rows of a tile.</summary>
    public const int TileStride = MaxPanels * PackedWeight.PanelWidth;

    /// <summary>Entry name inside the engine, <c>tile_bf16_k1024_12x2</c>.</summary>
    [JsonIgnore]
    public string Name => $"tile_{Spell.Of(Weight)}{(Input == ActivationFormat.F32 ? "_a32" : "")}_k{Columns}_{Rows}x{Panels}";

    /// <summary>Panels that a tile of so many rows takes at once: an even number, so that gate and up stay together.</summary>
    public static int WidePanels(int rows) => rows switch { 1 => 8, <= 5 => 4, _ => 2 };

    /// <summary>Every tile that products of these formats and this K use; none where ordinary C# is used.</summary>
    public static IEnumerable<MicroKernelSpec> TilesOf(WeightFormat weight, ActivationFormat input, int columns)
    {
        if (SetFor(weight, input) is not { } set) yield break;
        for (var rows = 1; rows <= MaxRows; rows++)
        {
            yield return new(set, weight, input, columns, rows, WidePanels(rows));
            yield return new(set, weight, input, columns, rows, 1);
        }
    }

    /// <summary>The least instruction set that has machine code for these formats; null where there is none.</summary>
    public static InstructionSet? SetFor(WeightFormat weight, ActivationFormat input) => (weight, input) switch
    {
        (WeightFormat.I8, ActivationFormat.I8) => InstructionSet.Avx512Vnni,
        (WeightFormat.BF16 or WeightFormat.F8E4M3, ActivationFormat.BF16) => InstructionSet.Avx512Bf16,
        (not WeightFormat.I8, ActivationFormat.F32) => InstructionSet.Avx512,
        _ => null,
    };
}

/// <summary>
/// Machine code that measures the arithmetic peak of a core: <c>void(long rounds)</c>, independent dot products on registers.
/// The ceiling that a benchmark divides by.
/// </summary>
public static class PeakLoop
{
    /// <summary>Independent accumulators: more than latency times throughput of any of the instructions.</summary>
    public const int Chains = 16;

    /// <summary>Entry name inside the engine, <c>peak_avx512bf16</c>.</summary>
    public static string Name(InstructionSet set) => $"peak_{Spell.Of(set)}";

    /// <summary>Operations of one round: two for each product of a FMA, VPDPBUSD or VDPBF16PS.</summary>
    public static int OperationsPerRound(InstructionSet set) =>
        2 * Chains * PackedWeight.PanelWidth * set switch { InstructionSet.Avx512Vnni => 4, InstructionSet.Avx512Bf16 => 2, _ => 1 };
}
