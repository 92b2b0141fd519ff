using Llmc.Artifact;

namespace Llmc.Graph.Tests;

/// <summary>A graph of a few lines with its weights in memory; token t reads row t of its input.</summary>
sealed class SmallModel : IWeightReader
{
    readonly Dictionary<string, float[]> _values = [];

    public GraphBuilder Graph { get; } = new(DType.F32);

    /// <summary>The slices that were read.</summary>
    public List<WeightSlice> Reads { get; } = [];

    /// <summary>A value whose row t is what token t reads.</summary>
    public Value Input(int columns, params float[] values) => Graph.Embedding(Weight(values.Length / columns, columns, values));

    public Weight Weight(int rows, int columns, params float[] values) => Experts(1, rows, columns, values);

    public Weight Experts(int experts, int rows, int columns, params float[] values)
    {
        Assert.Equal(experts * rows * columns, values.Length);
        var name = $"w{_values.Count}";
        _values[name] = values;
        return new(name, rows, columns, Shard.Replicate, [], experts);
    }

    public Weight Vector(params float[] values) => Weight(values.Length, 1, values);

    /// <summary>What the tokens 0, 1, … make of a value, row after row.</summary>
    public float[] Run(Value value, int tokens = 1) => Run(value, [[.. Enumerable.Range(0, tokens)]])[0];

    public IReadOnlyList<float[]> Run(Value value, int[][] sequences) => Interpreter.Run(Graph.Build("small", value), this, sequences);

    public float[] Read(WeightSlice slice)
    {
        Reads.Add(slice);
        var (whole, values) = (_values[slice.Weight.Name], new List<float>());
        for (var expert = slice.Experts.Start; expert < slice.Experts.End; expert++)
            for (var row = slice.Rows.Start; row < slice.Rows.End; row++)
                for (var column = slice.Columns.Start; column < slice.Columns.End; column++)
                    values.Add(whole[(expert * slice.Weight.Rows + row) * slice.Weight.Columns + column]);
        return [.. values];
    }
}
