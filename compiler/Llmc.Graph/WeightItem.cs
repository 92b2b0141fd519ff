using Llmc.Artifact;

namespace Llmc.Graph;

/// <summary>A contiguous piece of a rank's weights file, and what it is made from.</summary>
public abstract record WeightItem(string Name)
{
    /// <summary>Size in the file.</summary>
    public abstract long Bytes { get; }

    /// <summary>What the printed form says of it.</summary>
    public abstract string Text { get; }
}

/// <summary>Packed matrices, one after the other (several for experts).</summary>
/// <param name="Layout">Of each matrix.</param>
/// <param name="Matrices">The rows of each, in order.</param>
public sealed record PackedItem(string Name, PackedWeight Layout, IReadOnlyList<IReadOnlyList<RowRun>> Matrices) : WeightItem(Name)
{
    public override long Bytes => Layout.Bytes * Matrices.Count;

    public override string Text =>
        $"{Layout.Format.ToString().ToLowerInvariant()}[{(Matrices.Count > 1 ? $"{Matrices.Count}, " : "")}{Layout.Rows}, {Layout.Columns}]";
}

/// <summary>float32 vectors side by side, padded with zeros to whole panels where <see cref="Runs"/> say so.</summary>
public sealed record VectorItem(string Name, IReadOnlyList<RowRun> Runs) : WeightItem(Name)
{
    public override long Bytes => 4L * Runs.Sum(run => run.Count);

    public override string Text => $"f32[{Runs.Sum(run => run.Count)}]";
}

/// <summary>Rows of one weight slice; <see cref="Slice"/> null means rows of zeros.</summary>
/// <param name="Expert">Index inside the slice's experts.</param>
/// <param name="First">First row, counted inside the slice.</param>
public sealed record RowRun(WeightSlice? Slice, int Expert, int First, int Count)
{
    /// <summary>All rows of a slice without experts.</summary>
    public static RowRun All(WeightSlice slice) => new(slice, 0, 0, slice.Rows.Count);

    /// <summary>Zeros.</summary>
    public static RowRun Zeros(int count) => new(null, 0, 0, count);

    /// <summary>Two matrices in alternating panels of 16, each padded to whole panels: what a gated epilogue multiplies.</summary>
    public static IReadOnlyList<RowRun> Alternate(WeightSlice gate, WeightSlice up, int expert = 0)
    {
        const int width = PackedWeight.PanelWidth;
        var runs = new List<RowRun>();
        for (var row = 0; row < gate.Rows.Count; row += width)
            foreach (var slice in (ReadOnlySpan<WeightSlice>)[gate, up])
            {
                var count = Math.Min(width, slice.Rows.Count - row);
                runs.Add(new(slice, expert, row, count));
                if (count < width) runs.Add(Zeros(width - count));
            }
        return runs;
    }
}
