namespace Llmc.Cpu;

/// <summary>The ragged end of a row: fewer values than a register of up to sixteen has lanes.</summary>
static unsafe class Lines
{
    const int MaxLanes = 16;

    /// <summary>The first <paramref name="count"/> values, then zeros; reads no further.</summary>
    public static T LoadFirst<T>(float* source, int count) where T : struct, ILanes<T>
    {
        var line = stackalloc float[MaxLanes];
        new Span<float>(line, MaxLanes).Clear();
        new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(line, MaxLanes));
        return T.Load(line);
    }

    /// <summary>Zeros all but the first <paramref name="count"/> lanes.</summary>
    public static T KeepFirst<T>(T value, int count) where T : struct, ILanes<T>
    {
        var line = stackalloc float[MaxLanes];
        T.Store(value, line);
        new Span<float>(line + count, MaxLanes - count).Clear();
        return T.Load(line);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes and nothing beyond.</summary>
    public static void StoreFirst<T>(T value, float* destination, int count) where T : struct, ILanes<T>
    {
        var line = stackalloc float[MaxLanes];
        T.Store(value, line);
        new ReadOnlySpan<float>(line, count).CopyTo(new Span<float>(destination, count));
    }
}
