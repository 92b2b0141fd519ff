using Llmc.Artifact;

namespace Llmc.Cpu.Tests;

/// <summary>One GEMM with random operands: runs it, and says in double precision what it should give.</summary>
sealed unsafe class GemmCase : IDisposable
{
    readonly GemmSpec _spec;
    readonly PackedMatrix _matrix;
    readonly NativeMemory _weight;
    readonly float[] _normWeight;
    readonly float[] _normBias;
    readonly float[] _bias;

    public GemmCase(GemmSpec spec, int tokens, int seed = 1)
    {
        var random = new Random(seed);
        _spec = spec;
        _matrix = new(spec.Weight, random);
        _weight = new(spec.Weight.Bytes);
        _matrix.Bytes.CopyTo(new Span<byte>(_weight.Address, _matrix.Bytes.Length));
        _normWeight = Uniform(random, spec.Columns);
        _normBias = Uniform(random, spec.Columns);
        _bias = Uniform(random, spec.Weight.Rows);
        Input = Uniform(random, (tokens + 3) * spec.Columns, 3f);
        Residual = Uniform(random, tokens * spec.OutputColumns);
        RowIndices = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(tokens + 3))];
    }

    public float[] Input { get; }
    public float[] Residual { get; }
    public int[] RowIndices { get; }
    /// <summary>Packed rows of the last run.</summary>
    public byte[] Workspace { get; private set; } = [];

    /// <summary>y[tokens, OutputColumns] from input rows <paramref name="first"/> on, behind which nothing may be written.</summary>
    /// <param name="inPlace">The output starts as the residual and is passed as both.</param>
    public float[] Run(Layer layer, int first, int tokens, int threads = 1, bool inPlace = false)
    {
        using var code = layer.CodeFor(_spec);
        var kernel = GemmKernel.For(_spec, layer.Set, code);
        using var workspace = new NativeMemory(_spec.WorkspaceBytes(tokens));
        var output = new float[tokens * _spec.OutputColumns + 1];
        output[^1] = 12345f;
        if (inPlace) Residual.AsSpan(first * _spec.OutputColumns, tokens * _spec.OutputColumns).CopyTo(output);
        fixed (float* input = Input, normWeight = _normWeight, normBias = _normBias, bias = _bias, residual = Residual, y = output)
        fixed (int* indices = RowIndices)
        {
            var launch = new GemmParameters
            {
                Tokens = tokens,
                Input = input + first * _spec.Columns,
                InputStride = _spec.Columns,
                RowIndices = indices + first,
                NormWeight = normWeight,
                NormBias = normBias,
                Weight = _weight.Address,
                Bias = bias,
                Residual = inPlace ? y : residual + first * _spec.OutputColumns,
                Output = y,
                Workspace = workspace.Address,
            };
            SpmdRun.Execute(kernel, &launch, threads);
        }
        Assert.Equal(12345f, output[^1]);
        Workspace = new ReadOnlySpan<byte>(workspace.Address, (int)_spec.WorkspaceBytes(tokens)).ToArray();
        return output[..^1];
    }

    /// <summary>Row <paramref name="row"/> of the normalised input.</summary>
    public double[] Normalized(int row)
    {
        var source = _spec.Gather ? RowIndices[row] : row;
        var x = Input.Skip(source * _spec.Columns).Take(_spec.Columns).Select(v => (double)v).ToArray();
        if (_spec.Norm == NormKind.None) return x;
        var mean = _spec.Norm == NormKind.Layer ? x.Average() : 0;
        var inverse = 1 / Math.Sqrt(x.Select(v => (v - mean) * (v - mean)).Average() + _spec.Epsilon);
        return [.. x.Select((v, k) => (v - mean) * inverse * (_normWeight[k] + _spec.WeightOffset) + (_spec.NormBias ? _normBias[k] : 0))];
    }

    /// <summary>Row <paramref name="row"/> as the last run packed it, int8 without its scale.</summary>
    public double[] Packed(int row, int offset = 0)
    {
        var start = row * PackedInput.RowBytes(_spec.Input, _spec.Columns);
        return [.. Enumerable.Range(0, _spec.Columns).Select(k => _spec.Input switch
        {
            ActivationFormat.F32 => BitConverter.ToSingle(Workspace, start + 4 * k),
            ActivationFormat.BF16 => new BFloat16(BitConverter.ToUInt16(Workspace, start + 2 * k)),
            _ => offset == 0 ? (sbyte)Workspace[start + k] : Workspace[start + k] - (double)offset,
        })];
    }

    /// <summary>The scale of a packed int8 row; 1 for other formats.</summary>
    public float RowScale(int row) => _spec.Input != ActivationFormat.I8 ? 1f : BitConverter.ToSingle(
        Workspace, row * PackedInput.RowBytes(_spec.Input, _spec.Columns) + PackedInput.ScaleOffset(_spec.Columns));

    /// <summary>y of a row and output column in double precision from the packed operands, and the size of its rounding errors.</summary>
    public (double Value, double Magnitude) Expected(double[] packed, int row, int column)
    {
        if (_spec.Epilogue != Epilogue.Gated) return Finish(Product(packed, row, column), row, column);
        var gateRow = column / 16 * 32 + column % 16;
        var (gate, gateSize) = Product(packed, row, gateRow);
        var (up, upSize) = Product(packed, row, gateRow + 16);
        var activated = ActivationTwin.Apply(_spec.Activation, gate);
        return (activated * up, Math.Abs(activated) * upSize + 2 * gateSize * (Math.Abs(up) + 1));
    }

    /// <summary>Σ q · w of int8 operands.</summary>
    public int ExactSum(double[] packed, int column) => (int)packed.Select((x, k) => x * _matrix.Stored(column, k)).Sum();

    public float ChannelScale(int column) => _matrix.Scale(column);

    (double Value, double Size) Product(double[] packed, int row, int channel)
    {
        double sum = 0, size = 0;
        for (var k = 0; k < packed.Length; k++)
        {
            var term = packed[k] * _matrix.Stored(channel, k);
            sum += term;
            size += Math.Abs(term);
        }
        var scale = (double)_matrix.Scale(channel) * RowScale(row);
        var y = (sum * scale + (_spec.Bias ? _bias[channel] : 0)) * _spec.Scale;
        if (_spec.SoftCap > 0) y = _spec.SoftCap * Math.Tanh(y / _spec.SoftCap);
        return (y, (size * scale + 1) * Math.Abs(_spec.Scale));
    }

    (double, double) Finish((double Value, double Size) product, int row, int column) => _spec.Epilogue switch
    {
        Epilogue.Activate => (ActivationTwin.Apply(_spec.Activation, product.Value), 2 * product.Size * (1 + Math.Abs(product.Value))),
        Epilogue.AddResidual => (Residual[row * _spec.OutputColumns + column] + product.Value, product.Size + 1),
        _ => product,
    };

    static float[] Uniform(Random random, int count, float range = 1f) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2 - 1) * range)];

    public void Dispose() => _weight.Dispose();
}
