using System.Runtime.CompilerServices;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>How one group of k is loaded and multiplied, in <see cref="Steps"/> of ascending k, on a register's channels at once.</summary>
unsafe interface ITileFormat<T> where T : struct, ILanes<T>
{
    /// <summary>1, or 2 where a line holds an even and an odd k that are widened one after the other.</summary>
    static abstract int Steps { get; }

    /// <summary>Weights of a step, from the group's first byte.</summary>
    static abstract T Weights(byte* group, int step);

    /// <summary>The input of a step in every lane, from its group's first byte.</summary>
    static abstract T Input(byte* group, int step);

    static abstract T MultiplyAdd(T sum, T input, T weights);
}

/// <summary>Element conversions, exact: the pieces that the formats are made of.</summary>
static unsafe class Widening
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T BF16<T>(byte* group, int step) where T : struct, ILanes<T> => step == 0
        ? T.ShiftLeft(T.Load((float*)group), 16)
        : T.And(T.Load((float*)group), T.BroadcastBits(unchecked((int)0xFFFF0000)));

    /// <summary>The fields s eeee mmm as a float32 whose exponent is 120 too small, then times 2^120: right for subnormals too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T F8<T>(byte* group, int step) where T : struct, ILanes<T>
    {
        var fields = T.ShiftRight(T.ShiftLeft(T.LoadUInt16((ushort*)group), step == 0 ? 24 : 16), 4);
        return T.And(fields, T.BroadcastBits(unchecked((int)0x87F00000))) * T.Broadcast(TwoTo120);
    }

    const float TwoTo120 = 1329227995784915872903807060280344576f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T BroadcastF32<T>(byte* group, int step) where T : struct, ILanes<T> => T.Broadcast(((float*)group)[step]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T BroadcastBF16<T>(byte* group, int step) where T : struct, ILanes<T> => T.BroadcastBits(((ushort*)group)[step] << 16);
}

readonly unsafe struct F32ByF32<T> : ITileFormat<T> where T : struct, ILanes<T>
{
    public static int Steps => 1;
    public static T Weights(byte* group, int step) => T.Load((float*)group);
    public static T Input(byte* group, int step) => Widening.BroadcastF32<T>(group, step);
    public static T MultiplyAdd(T sum, T input, T weights) => T.MultiplyAdd(input, weights, sum);
}

readonly unsafe struct F32ByBF16<T> : ITileFormat<T> where T : struct, ILanes<T>
{
    public static int Steps => 1;
    public static T Weights(byte* group, int step) => T.Load((float*)group);
    public static T Input(byte* group, int step) => Widening.BroadcastBF16<T>(group, step);
    public static T MultiplyAdd(T sum, T input, T weights) => T.MultiplyAdd(input, weights, sum);
}

readonly unsafe struct BF16ByF32<T> : ITileFormat<T> where T : struct, ILanes<T>
{
    public static int Steps => 2;
    public static T Weights(byte* group, int step) => Widening.BF16<T>(group, step);
    public static T Input(byte* group, int step) => Widening.BroadcastF32<T>(group, step);
    public static T MultiplyAdd(T sum, T input, T weights) => T.MultiplyAdd(input, weights, sum);
}

readonly unsafe struct BF16ByBF16<T> : ITileFormat<T> where T : struct, ILanes<T>
{
    public static int Steps => 2;
    public static T Weights(byte* group, int step) => Widening.BF16<T>(group, step);
    public static T Input(byte* group, int step) => Widening.BroadcastBF16<T>(group, step);
    public static T MultiplyAdd(T sum, T input, T weights) => T.MultiplyAdd(input, weights, sum);
}

readonly unsafe struct F8ByF32<T> : ITileFormat<T> where T : struct, ILanes<T>
{
    public static int Steps => 2;
    public static T Weights(byte* group, int step) => Widening.F8<T>(group, step);
    public static T Input(byte* group, int step) => Widening.BroadcastF32<T>(group, step);
    public static T MultiplyAdd(T sum, T input, T weights) => T.MultiplyAdd(input, weights, sum);
}

readonly unsafe struct F8ByBF16<T> : ITileFormat<T> where T : struct, ILanes<T>
{
    public static int Steps => 2;
    public static T Weights(byte* group, int step) => Widening.F8<T>(group, step);
    public static T Input(byte* group, int step) => Widening.BroadcastBF16<T>(group, step);
    public static T MultiplyAdd(T sum, T input, T weights) => T.MultiplyAdd(input, weights, sum);
}

readonly unsafe struct I8ByI8<T> : ITileFormat<T> where T : struct, ILanes<T>
{
    public static int Steps => 1;
    public static T Weights(byte* group, int step) => T.Load((float*)group);
    public static T Input(byte* group, int step) => T.BroadcastBits(*(int*)group);
    public static T MultiplyAdd(T sum, T input, T weights) => T.AddDotOfBytes(sum, input, weights);
}
