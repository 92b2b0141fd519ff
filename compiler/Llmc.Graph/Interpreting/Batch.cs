namespace Llmc.Graph;

/// <summary>Whole sequences, their tokens one below the other.</summary>
sealed class Batch(IReadOnlyList<IReadOnlyList<int>> sequences)
{
    /// <summary>Rows of each sequence.</summary>
    public IReadOnlyList<Span> Sequences { get; } = SpansOf(sequences);

    /// <summary>[T, 1].</summary>
    public Matrix Ids => Matrix.Column(sequences.SelectMany(s => s));

    /// <summary>[T, 1], from 0 in every sequence.</summary>
    public Matrix Positions => Matrix.Column(sequences.SelectMany(s => Enumerable.Range(0, s.Count)));

    /// <summary>The rows of each sequence.</summary>
    public IReadOnlyList<float[]> Split(Matrix values) =>
        [.. Sequences.Select(s => values.Data.AsSpan(s.Start * values.Columns, s.Count * values.Columns).ToArray())];

    static List<Span> SpansOf(IReadOnlyList<IReadOnlyList<int>> sequences)
    {
        var spans = new List<Span>();
        foreach (var sequence in sequences) spans.Add(new(spans.Count == 0 ? 0 : spans[^1].End, sequence.Count));
        return spans;
    }
}
