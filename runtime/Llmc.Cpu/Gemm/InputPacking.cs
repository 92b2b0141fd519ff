using System.Runtime.CompilerServices;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>x f32 → <see cref="PackedInput"/> rows: gathered, normalised, rounded or quantized.</summary>
static unsafe class InputPacking
{
    /// <summary>Packs input row <paramref name="row"/> of a launch into the same row of its workspace.</summary>
    /// <param name="offset">Added to int8 values: 128 for unsigned bytes.</param>
    public static void Pack<T>(GemmSpec spec, in GemmParameters launch, int row, int offset) where T : struct, ILanes<T>
    {
        var source = spec.Gather ? launch.RowIndices[row] : row;
        var x = new NormalizedRow<T>(spec, launch.Input + (long)source * launch.InputStride, launch.NormWeight, launch.NormBias);
        var packed = launch.Workspace + (long)row * PackedInput.RowBytes(spec.Input, spec.Columns);
        switch (spec.Input)
        {
            case ActivationFormat.F32: StoreF32(x, (float*)packed, spec.Columns); break;
            case ActivationFormat.BF16: StoreBF16(x, (ushort*)packed, spec.Columns); break;
            default: StoreI8(x, packed, spec.Columns, offset); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void StoreF32<T>(NormalizedRow<T> x, float* packed, int columns) where T : struct, ILanes<T>
    {
        for (var k = 0; k < columns; k += T.Count) T.Store(x.At(k), packed + k);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void StoreBF16<T>(NormalizedRow<T> x, ushort* packed, int columns) where T : struct, ILanes<T>
    {
        for (var k = 0; k < columns; k += T.Count) T.StoreHighHalves(RoundToBF16(x.At(k)), packed + k);
    }

    /// <summary>Nearest even in the upper half; of the NaNs, those that arithmetic makes stay NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T RoundToBF16<T>(T x) where T : struct, ILanes<T>
    {
        var odd = T.And(T.ShiftRight(x, 16), T.BroadcastBits(1));
        return T.AddIntegers(x, T.AddIntegers(odd, T.BroadcastBits(0x7FFF)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void StoreI8<T>(NormalizedRow<T> x, byte* packed, int columns, int offset) where T : struct, ILanes<T>
    {
        var magnitude = x.Magnitude();
        var inverse = T.Broadcast(magnitude > 0 ? 127f / magnitude : 0f);
        for (var k = 0; k < columns; k += T.Count)
            T.StoreBytes(T.AddIntegers(T.RoundToInteger(x.At(k) * inverse), T.BroadcastBits(offset)), packed + k);
        *(float*)(packed + PackedInput.ScaleOffset(columns)) = magnitude / 127f;
    }
}
