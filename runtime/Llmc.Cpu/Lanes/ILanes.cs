namespace Llmc.Cpu;

/// <summary>
/// A register of 32-bit lanes, float32 or int32 as the operation says, so that a loop is written once and compiled for each
/// width: <see cref="Lanes128"/>, <see cref="Lanes256"/>, <see cref="Lanes512"/> and <see cref="Pair{T}"/> of these.
/// </summary>
unsafe interface ILanes<TSelf> where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Lanes in a register.</summary>
    static abstract int Count { get; }

    static abstract TSelf Broadcast(float value);

    /// <summary>The value at <paramref name="source"/> in every lane: a load, where <see cref="Broadcast"/> of it takes a shuffle besides.</summary>
    static abstract TSelf BroadcastFrom(float* source);
    static abstract TSelf Load(float* source);
    static abstract void Store(TSelf value, float* destination);

    static abstract TSelf operator +(TSelf a, TSelf b);
    static abstract TSelf operator -(TSelf a, TSelf b);
    static abstract TSelf operator *(TSelf a, TSelf b);
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a · b + c, rounded once where the machine can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);
    static abstract TSelf Min(TSelf a, TSelf b);
    static abstract TSelf Max(TSelf a, TSelf b);
    static abstract TSelf Abs(TSelf a);

    /// <summary>All bits set in the lanes where a &lt; b.</summary>
    static abstract TSelf LessThan(TSelf a, TSelf b);
    static abstract TSelf Select(TSelf mask, TSelf ifSet, TSelf ifClear);

    /// <summary>Sum of the lanes: the upper half is added to the lower until one is left.</summary>
    static abstract float Sum(TSelf a);
    static abstract float Largest(TSelf a);

    /// <summary>float32 → int32, to nearest even; values beyond int32 are undefined.</summary>
    static abstract TSelf RoundToInteger(TSelf a);
    static abstract TSelf ToFloat(TSelf integers);

    static abstract TSelf BroadcastBits(int value);
    static abstract TSelf And(TSelf a, TSelf b);
    static abstract TSelf Or(TSelf a, TSelf b);
    static abstract TSelf ShiftLeft(TSelf bits, int count);
    /// <summary>Copies the sign bit in.</summary>
    static abstract TSelf ShiftRight(TSelf bits, int count);
    static abstract TSelf AddIntegers(TSelf a, TSelf b);
    static abstract TSelf SubtractIntegers(TSelf a, TSelf b);

    /// <summary>u16[Count] → int32 lanes.</summary>
    static abstract TSelf LoadUInt16(ushort* source);

    /// <summary>u8[Count] → int32 lanes.</summary>
    static abstract TSelf LoadUInt8(byte* source);

    /// <summary>Bits 16 to 31 of each lane.</summary>
    static abstract void StoreHighHalves(TSelf value, ushort* destination);

    /// <summary>Bits 0 to 7 of each lane.</summary>
    static abstract void StoreBytes(TSelf integers, byte* destination);

    /// <summary>Each lane holds four bytes: sum += Σ a[i] · b[i] as exact integers; bytes are in [-127, 127].</summary>
    static abstract TSelf AddDotOfBytes(TSelf sum, TSelf a, TSelf b);
}
