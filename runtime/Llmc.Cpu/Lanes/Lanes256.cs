using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Llmc.Cpu;

/// <summary>Eight lanes: AVX2 and FMA.</summary>
readonly unsafe struct Lanes256(Vector256<float> value) : ILanes<Lanes256>
{
    public readonly Vector256<float> Value = value;

    Lanes256(Vector256<int> bits) : this(bits.AsSingle()) { }

    Vector256<int> Bits => Value.AsInt32();

    public static int Count => 8;

    public static Lanes256 Broadcast(float value) => new(Vector256.Create(value));
    public static Lanes256 BroadcastFrom(float* source) => new(Vector256.Create(*source));
    public static Lanes256 Load(float* source) => new(Vector256.Load(source));
    public static void Store(Lanes256 value, float* destination) => value.Value.Store(destination);

    public static Lanes256 operator +(Lanes256 a, Lanes256 b) => new(a.Value + b.Value);
    public static Lanes256 operator -(Lanes256 a, Lanes256 b) => new(a.Value - b.Value);
    public static Lanes256 operator *(Lanes256 a, Lanes256 b) => new(a.Value * b.Value);
    public static Lanes256 operator /(Lanes256 a, Lanes256 b) => new(a.Value / b.Value);

    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Vector256.MultiplyAddEstimate(a.Value, b.Value, c.Value));
    public static Lanes256 Min(Lanes256 a, Lanes256 b) => new(Vector256.MinNative(a.Value, b.Value));
    public static Lanes256 Max(Lanes256 a, Lanes256 b) => new(Vector256.MaxNative(a.Value, b.Value));
    public static Lanes256 Abs(Lanes256 a) => new(Vector256.Abs(a.Value));
    public static Lanes256 LessThan(Lanes256 a, Lanes256 b) => new(Vector256.LessThan(a.Value, b.Value));
    public static Lanes256 Select(Lanes256 mask, Lanes256 ifSet, Lanes256 ifClear) =>
        new(Vector256.ConditionalSelect(mask.Value, ifSet.Value, ifClear.Value));
    public static float Sum(Lanes256 a) => Lanes128.Sum(new(a.Value.GetLower() + a.Value.GetUpper()));
    public static float Largest(Lanes256 a) => Lanes128.Largest(new(Vector128.MaxNative(a.Value.GetLower(), a.Value.GetUpper())));

    public static Lanes256 RoundToInteger(Lanes256 a) => new(Vector256.ConvertToInt32Native(Vector256.Round(a.Value)));
    public static Lanes256 ToFloat(Lanes256 integers) => new(Vector256.ConvertToSingle(integers.Bits));

    public static Lanes256 BroadcastBits(int value) => new(Vector256.Create(value));
    public static Lanes256 And(Lanes256 a, Lanes256 b) => new(a.Bits & b.Bits);
    public static Lanes256 Or(Lanes256 a, Lanes256 b) => new(a.Bits | b.Bits);
    public static Lanes256 ShiftLeft(Lanes256 bits, int count) => new(bits.Bits << count);
    public static Lanes256 ShiftRight(Lanes256 bits, int count) => new(bits.Bits >> count);
    public static Lanes256 AddIntegers(Lanes256 a, Lanes256 b) => new(a.Bits + b.Bits);
    public static Lanes256 SubtractIntegers(Lanes256 a, Lanes256 b) => new(a.Bits - b.Bits);

    public static Lanes256 LoadUInt16(ushort* source) => new(Avx2.ConvertToVector256Int32(source));
    public static Lanes256 LoadUInt8(byte* source) => new(Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(*(ulong*)source).AsByte()));

    public static void StoreHighHalves(Lanes256 value, ushort* destination)
    {
        var high = (value.Bits >>> 16).AsUInt32();
        Vector128.Narrow(high.GetLower(), high.GetUpper()).Store(destination);
    }

    public static void StoreBytes(Lanes256 integers, byte* destination)
    {
        var halves = Vector128.Narrow(integers.Bits.GetLower(), integers.Bits.GetUpper());
        *(ulong*)destination = Vector128.Narrow(halves, halves).AsUInt64()[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddDotOfBytes(Lanes256 sum, Lanes256 a, Lanes256 b)
    {
        // |a| ≤ 127 and |b| ≤ 127: pairs of products stay below 2^15, so the saturating instruction is exact.
        var pairs = Avx2.MultiplyAddAdjacent(Avx2.Abs(a.Bits.AsSByte()), Avx2.Sign(b.Bits.AsSByte(), a.Bits.AsSByte()));
        return new(sum.Bits + Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((short)1)));
    }
}
