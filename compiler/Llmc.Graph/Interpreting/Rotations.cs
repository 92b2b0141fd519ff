namespace Llmc.Graph;

/// <summary>Rotary position embedding (Su et al. 2021).</summary>
static class Rotations
{
    /// <summary>Cosines and sines of position · inverse frequency, the product rounded to float32.</summary>
    public static Matrix[] Table(Matrix positions, float[] inverseFrequencies, float factor)
    {
        var (cosines, sines) = (new Matrix(positions.Rows, inverseFrequencies.Length), new Matrix(positions.Rows, inverseFrequencies.Length));
        for (var row = 0; row < positions.Rows; row++)
            for (var i = 0; i < inverseFrequencies.Length; i++)
            {
                var angle = positions.Data[row] * inverseFrequencies[i];
                cosines[row][i] = MathF.Cos(angle) * factor;
                sines[row][i] = MathF.Sin(angle) * factor;
            }
        return [cosines, sines];
    }

    /// <summary>The first dimensions of each head, in pairs; the rest as they are.</summary>
    public static Matrix Rotate(Matrix x, Matrix cosines, Matrix sines, RotaryOp op)
    {
        var result = x.Map(value => value);
        var half = op.RotaryDim / 2;
        for (var row = 0; row < x.Rows; row++)
            for (var head = 0; head < x.Columns; head += op.HeadDim)
                for (var i = 0; i < half; i++)
                {
                    var (first, second) = op.Interleaved ? (head + 2 * i, head + 2 * i + 1) : (head + i, head + i + half);
                    var (a, b, cosine, sine) = (x[row][first], x[row][second], cosines[row][i], sines[row][i]);
                    result[row][first] = a * cosine - b * sine;
                    result[row][second] = b * cosine + a * sine;
                }
        return result;
    }
}
