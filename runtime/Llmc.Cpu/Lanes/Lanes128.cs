using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Llmc.Cpu;

/// <summary>Four lanes, on any machine.</summary>
readonly unsafe struct Lanes128(Vector128<float> value) : ILanes<Lanes128>
{
    public readonly Vector128<float> Value = value;

    Lanes128(Vector128<int> bits) : this(bits.AsSingle()) { }

    Vector128<int> Bits => Value.AsInt32();

    public static int Count => 4;

    public static Lanes128 Broadcast(float value) => new(Vector128.Create(value));
    public static Lanes128 BroadcastFrom(float* source) => new(Vector128.Create(*source));
    public static Lanes128 Load(float* source) => new(Vector128.Load(source));
    public static void Store(Lanes128 value, float* destination) => value.Value.Store(destination);

    public static Lanes128 operator +(Lanes128 a, Lanes128 b) => new(a.Value + b.Value);
    public static Lanes128 operator -(Lanes128 a, Lanes128 b) => new(a.Value - b.Value);
    public static Lanes128 operator *(Lanes128 a, Lanes128 b) => new(a.Value * b.Value);
    public static Lanes128 operator /(Lanes128 a, Lanes128 b) => new(a.Value / b.Value);

    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) =>
        new(Vector128.MultiplyAddEstimate(a.Value, b.Value, c.Value));
    public static Lanes128 Min(Lanes128 a, Lanes128 b) => new(Vector128.MinNative(a.Value, b.Value));
    public static Lanes128 Max(Lanes128 a, Lanes128 b) => new(Vector128.MaxNative(a.Value, b.Value));
    public static Lanes128 Abs(Lanes128 a) => new(Vector128.Abs(a.Value));
    public static Lanes128 LessThan(Lanes128 a, Lanes128 b) => new(Vector128.LessThan(a.Value, b.Value));
    public static Lanes128 Select(Lanes128 mask, Lanes128 ifSet, Lanes128 ifClear) =>
        new(Vector128.ConditionalSelect(mask.Value, ifSet.Value, ifClear.Value));
    public static float Sum(Lanes128 a) => (a.Value[0] + a.Value[2]) + (a.Value[1] + a.Value[3]);
    public static float Largest(Lanes128 a) => MathF.Max(MathF.Max(a.Value[0], a.Value[2]), MathF.Max(a.Value[1], a.Value[3]));

    public static Lanes128 RoundToInteger(Lanes128 a) => new(Vector128.ConvertToInt32Native(Vector128.Round(a.Value)));
    public static Lanes128 ToFloat(Lanes128 integers) => new(Vector128.ConvertToSingle(integers.Bits));

    public static Lanes128 BroadcastBits(int value) => new(Vector128.Create(value));
    public static Lanes128 And(Lanes128 a, Lanes128 b) => new(a.Bits & b.Bits);
    public static Lanes128 Or(Lanes128 a, Lanes128 b) => new(a.Bits | b.Bits);
    public static Lanes128 ShiftLeft(Lanes128 bits, int count) => new(bits.Bits << count);
    public static Lanes128 ShiftRight(Lanes128 bits, int count) => new(bits.Bits >> count);
    public static Lanes128 AddIntegers(Lanes128 a, Lanes128 b) => new(a.Bits + b.Bits);
    public static Lanes128 SubtractIntegers(Lanes128 a, Lanes128 b) => new(a.Bits - b.Bits);

    public static Lanes128 LoadUInt16(ushort* source) => new(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsUInt16()).AsInt32());
    public static Lanes128 LoadUInt8(byte* source) =>
        new(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)source).AsByte())).AsInt32());

    public static void StoreHighHalves(Lanes128 value, ushort* destination)
    {
        var high = (value.Bits >>> 16).AsUInt32();
        *(ulong*)destination = Vector128.Narrow(high, high).AsUInt64()[0];
    }

    public static void StoreBytes(Lanes128 integers, byte* destination)
    {
        var halves = Vector128.Narrow(integers.Bits, integers.Bits);
        *(uint*)destination = Vector128.Narrow(halves, halves).AsUInt32()[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddDotOfBytes(Lanes128 sum, Lanes128 a, Lanes128 b)
    {
        var total = sum.Bits;
        for (var shift = 24; shift >= 0; shift -= 8)
            total += ((a.Bits << shift) >> 24) * ((b.Bits << shift) >> 24);
        return new(total);
    }
}
