namespace Llmc.Graph;

/// <summary>A value at run time, row-major. Ids and positions are held as float32 too: exact below 2²⁴.</summary>
sealed class Matrix(int rows, int columns)
{
    public int Rows => rows;
    public int Columns => columns;
    public float[] Data { get; } = new float[rows * columns];

    /// <summary>Row <paramref name="row"/>.</summary>
    public Span<float> this[int row] => Data.AsSpan(row * columns, columns);

    /// <summary>A function of each element.</summary>
    public Matrix Map(Func<float, float> function)
    {
        var result = new Matrix(rows, columns);
        for (var i = 0; i < Data.Length; i++) result.Data[i] = function(Data[i]);
        return result;
    }

    /// <summary>A function of each element and the other's at the same place; one column serves all.</summary>
    public Matrix Zip(Matrix other, Func<float, float, float> function)
    {
        var result = new Matrix(rows, columns);
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                result[row][column] = function(this[row][column], other[row][other.Columns == 1 ? 0 : column]);
        return result;
    }

    /// <summary>A column of numbers.</summary>
    public static Matrix Column(IEnumerable<int> values)
    {
        int[] numbers = [.. values];
        var result = new Matrix(numbers.Length, 1);
        for (var i = 0; i < numbers.Length; i++) result.Data[i] = numbers[i];
        return result;
    }
}
