using System.Runtime.CompilerServices;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>A stored element type, so that a loop over stored values is compiled for each.</summary>
unsafe interface IElement
{
    /// <summary>Size in memory.</summary>
    static abstract int Bytes { get; }

    /// <summary>The value at <paramref name="source"/>, exactly.</summary>
    static abstract float Widen(byte* source);
}

/// <summary>An element type that keys and values can be cached in.</summary>
unsafe interface ICacheElement : IElement
{
    /// <summary>Consecutive values, exactly.</summary>
    static abstract T Widen<T>(byte* source) where T : struct, ILanes<T>;

    /// <summary>Stores <paramref name="value"/> rounded to nearest even.</summary>
    static abstract void Narrow(float value, byte* destination);
}

readonly unsafe struct F32Element : ICacheElement
{
    public static int Bytes => 4;
    public static float Widen(byte* source) => *(float*)source;
    public static T Widen<T>(byte* source) where T : struct, ILanes<T> => T.Load((float*)source);
    public static void Narrow(float value, byte* destination) => *(float*)destination = value;
}

readonly unsafe struct BF16Element : ICacheElement
{
    public static int Bytes => 2;
    public static float Widen(byte* source) => *(BFloat16*)source;
    public static T Widen<T>(byte* source) where T : struct, ILanes<T> => T.ShiftLeft(T.LoadUInt16((ushort*)source), 16);
    public static void Narrow(float value, byte* destination) => *(BFloat16*)destination = (BFloat16)value;
}

readonly unsafe struct F8E4M3Element : ICacheElement
{
    public static int Bytes => 1;
    public static float Widen(byte* source) => *(Float8E4M3*)source;
    public static void Narrow(float value, byte* destination) => *(Float8E4M3*)destination = (Float8E4M3)value;

    /// <summary>Exponent and mantissa moved into a float32's place are the value times 2^-120, subnormals included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Widen<T>(byte* source) where T : struct, ILanes<T>
    {
        var bits = T.LoadUInt8(source);
        var magnitude = T.ShiftLeft(T.And(bits, T.BroadcastBits(0x7F)), 20) * T.BroadcastBits((120 + 127) << 23);
        var finite = T.Select(T.LessThan(T.Broadcast(Float8E4M3.MaxValue), magnitude), T.Broadcast(float.NaN), magnitude);
        return T.Or(finite, T.ShiftLeft(T.And(bits, T.BroadcastBits(0x80)), 24));
    }
}

readonly unsafe struct I8Element : IElement
{
    public static int Bytes => 1;
    public static float Widen(byte* source) => *(sbyte*)source;
}
