using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>
/// The innermost step of a GEMM: a few input rows by a few panels over all of K, into a tile that stays in the first-level
/// cache. Whatever the tile's shape, each element is one chain in ascending k, so its bits do not depend on the shape.
/// </summary>
abstract unsafe class TileProduct
{
    /// <summary>Lanes of the largest tile.</summary>
    public const int TileLanes = MicroKernelSpec.MaxRows * MicroKernelSpec.TileStride;

    /// <summary>K up to which 255 · 127 · K stays below 2^31.</summary>
    const int MaxI8Columns = 1 << 16;

    /// <summary>What int8 inputs are raised by when they are packed, and their products thus contain; 0 or 128.</summary>
    public abstract int InputOffset { get; }

    /// <summary>tile[r][16·p + c] = Σ over k of rows[r][k] · panels[p][k][c]: float32, or int32 for int8.</summary>
    /// <param name="panels">First of <paramref name="panelCount"/> ≤ <see cref="MicroKernelSpec.WidePanels"/>(<paramref name="rowCount"/>) panels.</param>
    /// <param name="rows">First of <paramref name="rowCount"/> ≤ <see cref="MicroKernelSpec.MaxRows"/> packed rows.</param>
    /// <param name="tile">Rows lie <see cref="MicroKernelSpec.TileStride"/> lanes apart.</param>
    public abstract void Multiply(byte* panels, int panelCount, byte* rows, int rowCount, float* tile);

    /// <summary>Machine code where the engine has it for <paramref name="set"/>, otherwise C# for registers of <typeparamref name="T"/>.</summary>
    public static TileProduct For<T>(WeightFormat weight, ActivationFormat input, int columns, InstructionSet set, CodeImage code)
        where T : struct, ILanes<T>
    {
        if (weight == WeightFormat.I8) ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, MaxI8Columns);
        return MachineTileProduct.TryCreate(weight, input, columns, set, code) is { } machine ? machine : (weight, input) switch
        {
            (WeightFormat.F32, ActivationFormat.F32) => new ManagedTileProduct<T, F32ByF32<T>>(weight, input, columns),
            (WeightFormat.F32, ActivationFormat.BF16) => new ManagedTileProduct<T, F32ByBF16<T>>(weight, input, columns),
            (WeightFormat.BF16, ActivationFormat.F32) => new ManagedTileProduct<T, BF16ByF32<T>>(weight, input, columns),
            (WeightFormat.BF16, ActivationFormat.BF16) => new ManagedTileProduct<T, BF16ByBF16<T>>(weight, input, columns),
            (WeightFormat.F8E4M3, ActivationFormat.F32) => new ManagedTileProduct<T, F8ByF32<T>>(weight, input, columns),
            (WeightFormat.F8E4M3, ActivationFormat.BF16) => new ManagedTileProduct<T, F8ByBF16<T>>(weight, input, columns),
            (WeightFormat.I8, ActivationFormat.I8) => new ManagedTileProduct<T, I8ByI8<T>>(weight, input, columns),
            _ => throw new ArgumentException($"{weight} weights cannot be multiplied by {input} inputs", nameof(weight)),
        };
    }
}
