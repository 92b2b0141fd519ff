using Llmc.Artifact;

namespace Llmc.Graph;

/// <summary>RMSNorm and LayerNorm.</summary>
static class Norms
{
    /// <summary>Each run of <see cref="NormOp.Size"/> columns by itself; the weight covers one run or all of them.</summary>
    public static Matrix Norm(Matrix x, NormOp op, float[] weight, float[]? bias)
    {
        var result = new Matrix(x.Rows, x.Columns);
        for (var row = 0; row < x.Rows; row++)
            for (var start = 0; start < x.Columns; start += op.Size)
            {
                var run = x[row].Slice(start, op.Size);
                var mean = op.Kind == NormKind.Layer ? Mean(run, centre: 0f, power: 1) : 0f;
                var scale = 1f / MathF.Sqrt(Mean(run, mean, power: 2) + op.Epsilon);
                for (var i = 0; i < run.Length; i++)
                {
                    var normal = (run[i] - mean) * scale * (op.WeightOffset + weight[(start + i) % weight.Length]);
                    result[row][start + i] = normal + (bias is null ? 0f : bias[(start + i) % bias.Length]);
                }
            }
        return result;
    }

    /// <summary>Mean of (x - centre) to the power.</summary>
    static float Mean(ReadOnlySpan<float> values, float centre, int power)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            double distance = value - centre;
            sum += power == 1 ? distance : distance * distance;
        }
        return (float)(sum / values.Length);
    }
}
