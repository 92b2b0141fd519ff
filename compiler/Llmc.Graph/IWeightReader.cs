namespace Llmc.Graph;

/// <summary>Where the interpreter finds the numbers of weights.</summary>
public interface IWeightReader
{
    /// <summary>The slice as float32, row-major [experts, rows, columns]; the caller does not write to it.</summary>
    float[] Read(WeightSlice slice);
}

/// <summary>Keeps what was read, for runs that follow each other over the same weights.</summary>
public sealed class CachedWeights(IWeightReader source) : IWeightReader
{
    readonly Dictionary<WeightSlice, float[]> _read = [];

    public float[] Read(WeightSlice slice)
    {
        if (!_read.TryGetValue(slice, out var values)) _read[slice] = values = source.Read(slice);
        return values;
    }
}
