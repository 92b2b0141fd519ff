using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Llmc.Cpu;

/// <summary>Sixteen lanes: AVX-512 F and BW.</summary>
readonly unsafe struct Lanes512(Vector512<float> value) : ILanes<Lanes512>
{
    public readonly Vector512<float> Value = value;

    Lanes512(Vector512<int> bits) : this(bits.AsSingle()) { }

    Vector512<int> Bits => Value.AsInt32();

    public static int Count => 16;

    public static Lanes512 Broadcast(float value) => new(Vector512.Create(value));
    public static Lanes512 BroadcastFrom(float* source) => new(Vector512.Create(*source));
    public static Lanes512 Load(float* source) => new(Vector512.Load(source));
    public static void Store(Lanes512 value, float* destination) => value.Value.Store(destination);

    public static Lanes512 operator +(Lanes512 a, Lanes512 b) => new(a.Value + b.Value);
    public static Lanes512 operator -(Lanes512 a, Lanes512 b) => new(a.Value - b.Value);
    public static Lanes512 operator *(Lanes512 a, Lanes512 b) => new(a.Value * b.Value);
    public static Lanes512 operator /(Lanes512 a, Lanes512 b) => new(a.Value / b.Value);

    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) =>
        new(Vector512.MultiplyAddEstimate(a.Value, b.Value, c.Value));
    public static Lanes512 Min(Lanes512 a, Lanes512 b) => new(Vector512.MinNative(a.Value, b.Value));
    public static Lanes512 Max(Lanes512 a, Lanes512 b) => new(Vector512.MaxNative(a.Value, b.Value));
    public static Lanes512 Abs(Lanes512 a) => new(Vector512.Abs(a.Value));
    public static Lanes512 LessThan(Lanes512 a, Lanes512 b) => new(Vector512.LessThan(a.Value, b.Value));
    public static Lanes512 Select(Lanes512 mask, Lanes512 ifSet, Lanes512 ifClear) =>
        new(Vector512.ConditionalSelect(mask.Value, ifSet.Value, ifClear.Value));
    public static float Sum(Lanes512 a) => Lanes256.Sum(new(a.Value.GetLower() + a.Value.GetUpper()));
    public static float Largest(Lanes512 a) => Lanes256.Largest(new(Vector256.MaxNative(a.Value.GetLower(), a.Value.GetUpper())));

    public static Lanes512 RoundToInteger(Lanes512 a) => new(Vector512.ConvertToInt32Native(Vector512.Round(a.Value)));
    public static Lanes512 ToFloat(Lanes512 integers) => new(Vector512.ConvertToSingle(integers.Bits));

    public static Lanes512 BroadcastBits(int value) => new(Vector512.Create(value));
    public static Lanes512 And(Lanes512 a, Lanes512 b) => new(a.Bits & b.Bits);
    public static Lanes512 Or(Lanes512 a, Lanes512 b) => new(a.Bits | b.Bits);
    public static Lanes512 ShiftLeft(Lanes512 bits, int count) => new(bits.Bits << count);
    public static Lanes512 ShiftRight(Lanes512 bits, int count) => new(bits.Bits >> count);
    public static Lanes512 AddIntegers(Lanes512 a, Lanes512 b) => new(a.Bits + b.Bits);
    public static Lanes512 SubtractIntegers(Lanes512 a, Lanes512 b) => new(a.Bits - b.Bits);

    public static Lanes512 LoadUInt16(ushort* source) => new(Avx512F.ConvertToVector512Int32(Vector256.Load(source)));
    public static Lanes512 LoadUInt8(byte* source) => new(Avx512F.ConvertToVector512Int32(Vector128.Load(source)));

    public static void StoreHighHalves(Lanes512 value, ushort* destination) =>
        Avx512F.ConvertToVector256UInt16((value.Bits >>> 16).AsUInt32()).Store(destination);

    public static void StoreBytes(Lanes512 integers, byte* destination) =>
        Avx512F.ConvertToVector128Byte(integers.Bits).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddDotOfBytes(Lanes512 sum, Lanes512 a, Lanes512 b)
    {
        // |a| ≤ 127 and |b| ≤ 127: pairs of products stay below 2^15, so the saturating instruction is exact.
        var (left, right) = (a.Bits.AsSByte(), b.Bits.AsSByte());
        var signed = Vector512.ConditionalSelect(Vector512.LessThan(left, Vector512<sbyte>.Zero), -right, right);
        var pairs = Avx512BW.MultiplyAddAdjacent(Avx512BW.Abs(left), signed);
        return new(sum.Bits + Avx512BW.MultiplyAddAdjacent(pairs, Vector512.Create((short)1)));
    }
}
