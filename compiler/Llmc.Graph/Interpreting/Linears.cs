using Llmc.Artifact;

namespace Llmc.Graph;

/// <summary>Operations that multiply by matrices.</summary>
static class Linears
{
    /// <summary>Rows of the table; zeros for ids outside the rows at hand.</summary>
    public static Matrix Embedding(Matrix ids, float[] table, WeightSlice slice)
    {
        var result = new Matrix(ids.Rows, slice.Columns.Count);
        for (var row = 0; row < ids.Rows; row++)
        {
            var local = (int)ids.Data[row] - slice.Rows.Start;
            if (local >= 0 && local < slice.Rows.Count) Row(table, local, result.Columns).CopyTo(result[row]);
        }
        return result;
    }

    /// <summary>x[T, K] · w[N, K]ᵀ + bias[N].</summary>
    public static Matrix Linear(Matrix x, float[] weight, float[]? bias, int outputs)
    {
        var result = new Matrix(x.Rows, outputs);
        for (var row = 0; row < x.Rows; row++) Multiply(weight, x[row], result[row]);
        return bias is null ? result : AddBias(result, bias);
    }

    /// <summary>x[T, N] + bias[N].</summary>
    public static Matrix AddBias(Matrix x, float[] bias)
    {
        var result = new Matrix(x.Rows, x.Columns);
        for (var row = 0; row < x.Rows; row++)
            for (var column = 0; column < x.Columns; column++)
                result[row][column] = x[row][column] + bias[column];
        return result;
    }

    /// <summary>Σ weight · down(act(gate·x) · up·x) over the selected experts at hand, ascending by id.</summary>
    /// <param name="weights">Gate [X, F, E], up [X, F, E], down [X, E, F].</param>
    /// <param name="slice">Of gate: which experts are at hand.</param>
    public static Matrix Experts(Matrix x, Matrix selected, Matrix shares, float[][] weights, WeightSlice slice, Activation activation)
    {
        var (act, width) = (Activations.Of(activation), slice.Rows.Count);
        var (gate, up, hidden, y) = (new float[width], new float[width], new float[width], new float[x.Columns]);
        var result = new Matrix(x.Rows, x.Columns);
        for (var row = 0; row < x.Rows; row++)
            for (var choice = 0; choice < selected.Columns; choice++)
            {
                var expert = (int)selected[row][choice] - slice.Experts.Start;
                if (expert < 0 || expert >= slice.Experts.Count) continue;
                Multiply(Expert(weights[0]), x[row], gate);
                Multiply(Expert(weights[1]), x[row], up);
                for (var i = 0; i < width; i++) hidden[i] = act(gate[i]) * up[i];
                Multiply(Expert(weights[2]), hidden, y);
                for (var column = 0; column < y.Length; column++) result[row][column] += shares[row][choice] * y[column];

                ReadOnlySpan<float> Expert(float[] stacked) => Row(stacked, expert, width * x.Columns);
            }
        return result;
    }

    /// <summary>y[N] = w[N, K] · x[K].</summary>
    static void Multiply(ReadOnlySpan<float> weight, ReadOnlySpan<float> x, Span<float> y)
    {
        for (var n = 0; n < y.Length; n++)
        {
            var row = weight.Slice(n * x.Length, x.Length);
            var sum = 0.0;
            for (var k = 0; k < row.Length; k++) sum += (double)row[k] * x[k];
            y[n] = (float)sum;
        }
    }

    static ReadOnlySpan<float> Row(float[] values, int row, int width) => values.AsSpan(row * width, width);
}
