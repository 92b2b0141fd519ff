namespace Llmc.Graph;

/// <summary>What ranks do together, and cutting columns apart again.</summary>
static class Collectives
{
    /// <summary>Added in rank order.</summary>
    public static Matrix Sum(IReadOnlyList<Matrix> values) => values.Skip(1).Aggregate(values[0], (sum, value) => sum.Zip(value, (a, b) => a + b));

    /// <summary>Columns in rank order.</summary>
    public static Matrix SideBySide(IReadOnlyList<Matrix> values)
    {
        var result = new Matrix(values[0].Rows, values.Sum(v => v.Columns));
        for (var row = 0; row < result.Rows; row++)
        {
            var start = 0;
            foreach (var value in values)
            {
                value[row].CopyTo(result[row][start..]);
                start += value.Columns;
            }
        }
        return result;
    }

    public static Matrix Columns(Matrix x, Span columns)
    {
        var result = new Matrix(x.Rows, columns.Count);
        for (var row = 0; row < x.Rows; row++) x[row].Slice(columns.Start, columns.Count).CopyTo(result[row]);
        return result;
    }
}
