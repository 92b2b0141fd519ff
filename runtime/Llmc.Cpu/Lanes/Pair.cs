namespace Llmc.Cpu;

/// <summary>Two registers used as one of twice the width.</summary>
readonly unsafe struct Pair<T>(T low, T high) : ILanes<Pair<T>> where T : struct, ILanes<T>
{
    public readonly T Low = low;
    public readonly T High = high;

    public static int Count => 2 * T.Count;

    public static Pair<T> Broadcast(float value) => new(T.Broadcast(value), T.Broadcast(value));
    public static Pair<T> BroadcastFrom(float* source) => Broadcast(*source);
    public static Pair<T> Load(float* source) => new(T.Load(source), T.Load(source + T.Count));
    public static void Store(Pair<T> value, float* destination)
    {
        T.Store(value.Low, destination);
        T.Store(value.High, destination + T.Count);
    }

    public static Pair<T> operator +(Pair<T> a, Pair<T> b) => new(a.Low + b.Low, a.High + b.High);
    public static Pair<T> operator -(Pair<T> a, Pair<T> b) => new(a.Low - b.Low, a.High - b.High);
    public static Pair<T> operator *(Pair<T> a, Pair<T> b) => new(a.Low * b.Low, a.High * b.High);
    public static Pair<T> operator /(Pair<T> a, Pair<T> b) => new(a.Low / b.Low, a.High / b.High);

    public static Pair<T> MultiplyAdd(Pair<T> a, Pair<T> b, Pair<T> c) =>
        new(T.MultiplyAdd(a.Low, b.Low, c.Low), T.MultiplyAdd(a.High, b.High, c.High));
    public static Pair<T> Min(Pair<T> a, Pair<T> b) => new(T.Min(a.Low, b.Low), T.Min(a.High, b.High));
    public static Pair<T> Max(Pair<T> a, Pair<T> b) => new(T.Max(a.Low, b.Low), T.Max(a.High, b.High));
    public static Pair<T> Abs(Pair<T> a) => new(T.Abs(a.Low), T.Abs(a.High));
    public static Pair<T> LessThan(Pair<T> a, Pair<T> b) => new(T.LessThan(a.Low, b.Low), T.LessThan(a.High, b.High));
    public static Pair<T> Select(Pair<T> mask, Pair<T> ifSet, Pair<T> ifClear) =>
        new(T.Select(mask.Low, ifSet.Low, ifClear.Low), T.Select(mask.High, ifSet.High, ifClear.High));
    public static float Sum(Pair<T> a) => T.Sum(a.Low + a.High);
    public static float Largest(Pair<T> a) => T.Largest(T.Max(a.Low, a.High));

    public static Pair<T> RoundToInteger(Pair<T> a) => new(T.RoundToInteger(a.Low), T.RoundToInteger(a.High));
    public static Pair<T> ToFloat(Pair<T> integers) => new(T.ToFloat(integers.Low), T.ToFloat(integers.High));

    public static Pair<T> BroadcastBits(int value) => new(T.BroadcastBits(value), T.BroadcastBits(value));
    public static Pair<T> And(Pair<T> a, Pair<T> b) => new(T.And(a.Low, b.Low), T.And(a.High, b.High));
    public static Pair<T> Or(Pair<T> a, Pair<T> b) => new(T.Or(a.Low, b.Low), T.Or(a.High, b.High));
    public static Pair<T> AddIntegers(Pair<T> a, Pair<T> b) => new(T.AddIntegers(a.Low, b.Low), T.AddIntegers(a.High, b.High));
    public static Pair<T> SubtractIntegers(Pair<T> a, Pair<T> b) => new(T.SubtractIntegers(a.Low, b.Low), T.SubtractIntegers(a.High, b.High));
    public static Pair<T> ShiftLeft(Pair<T> bits, int count) => new(T.ShiftLeft(bits.Low, count), T.ShiftLeft(bits.High, count));
    public static Pair<T> ShiftRight(Pair<T> bits, int count) => new(T.ShiftRight(bits.Low, count), T.ShiftRight(bits.High, count));

    public static Pair<T> LoadUInt8(byte* source) => new(T.LoadUInt8(source), T.LoadUInt8(source + T.Count));
    public static Pair<T> LoadUInt16(ushort* source) => new(T.LoadUInt16(source), T.LoadUInt16(source + T.Count));
    public static void StoreHighHalves(Pair<T> value, ushort* destination)
    {
        T.StoreHighHalves(value.Low, destination);
        T.StoreHighHalves(value.High, destination + T.Count);
    }

    public static void StoreBytes(Pair<T> integers, byte* destination)
    {
        T.StoreBytes(integers.Low, destination);
        T.StoreBytes(integers.High, destination + T.Count);
    }

    public static Pair<T> AddDotOfBytes(Pair<T> sum, Pair<T> a, Pair<T> b) =>
        new(T.AddDotOfBytes(sum.Low, a.Low, b.Low), T.AddDotOfBytes(sum.High, a.High, b.High));
}
