using Llmc.Artifact;

namespace Llmc.Cpu.Tests;

/// <summary>One experts launch with random operands: runs it, and says in double precision what it should give.</summary>
sealed unsafe class ExpertsCase : IDisposable
{
    readonly ExpertsSpec _spec;
    readonly PackedMatrix[] _gateUp;
    readonly PackedMatrix[] _down;
    readonly NativeMemory _weights;
    readonly float[] _gateUpBias;
    readonly float[] _downBias;

    public ExpertsCase(ExpertsSpec spec, int tokens)
    {
        var random = new Random(7);
        _spec = spec;
        _gateUp = [.. Enumerable.Range(0, spec.Experts).Select(_ => new PackedMatrix(spec.GateUp, random))];
        _down = [.. Enumerable.Range(0, spec.Experts).Select(_ => new PackedMatrix(spec.Down, random))];
        _weights = new(spec.Experts * (spec.GateUp.Bytes + spec.Down.Bytes));
        _gateUpBias = Uniform(random, spec.Experts * spec.GateUp.Rows);
        _downBias = Uniform(random, spec.Experts * spec.HiddenSize);
        Input = Uniform(random, tokens * spec.HiddenSize);
        Weights = Uniform(random, tokens * spec.Selected);
        Experts = [.. Enumerable.Range(0, tokens).SelectMany(_ => Pick(random))];
        CopyWeights();
    }

    public float[] Input { get; private set; }
    public float[] Weights { get; private set; }
    /// <summary>Ascending within a token, some of them on other ranks where the spec leaves room.</summary>
    public int[] Experts { get; private set; }

    /// <summary>The same tokens, and the experts from <paramref name="firstExpert"/> on.</summary>
    public void TakeFrom(ExpertsCase other, int firstExpert)
    {
        (Input, Weights, Experts) = (other.Input, other.Weights, other.Experts);
        Array.Copy(other._gateUp, firstExpert, _gateUp, 0, _spec.Experts);
        Array.Copy(other._down, firstExpert, _down, 0, _spec.Experts);
        CopyWeights();
    }

    public float[] Run(Layer layer, int first, int tokens, int threads = 1)
    {
        using var code = layer.CodeFor(_spec);
        var kernel = ExpertsKernel.For(_spec, layer.Set, code);
        using var workspace = new NativeMemory(_spec.WorkspaceBytes(tokens));
        var output = new float[tokens * _spec.HiddenSize];
        output.AsSpan().Fill(float.NaN);
        fixed (float* input = Input, weights = Weights, gateUpBias = _gateUpBias, downBias = _downBias, y = output)
        fixed (int* experts = Experts)
        {
            var launch = new ExpertsParameters
            {
                Tokens = tokens,
                Input = input + first * _spec.HiddenSize,
                Experts = experts + first * _spec.Selected,
                Weights = weights + first * _spec.Selected,
                GateUp = _weights.Address,
                Down = _weights.Address + _spec.Experts * _spec.GateUp.Bytes,
                GateUpBias = gateUpBias,
                DownBias = downBias,
                Output = y,
                Workspace = workspace.Address,
            };
            SpmdRun.Execute(kernel, &launch, threads);
        }
        return output;
    }

    /// <summary>y of a token, and for each column the sum of the magnitudes it is made of.</summary>
    public (double[] Value, double[] Magnitude) Expected(int token)
    {
        var y = new double[_spec.HiddenSize];
        var magnitude = new double[_spec.HiddenSize];
        var x = Input.Skip(token * _spec.HiddenSize).Take(_spec.HiddenSize).Select(v => (double)v).ToArray();
        for (var slot = token * _spec.Selected; slot < (token + 1) * _spec.Selected; slot++)
        {
            var expert = Experts[slot] - _spec.FirstExpert;
            if (expert < 0 || expert >= _spec.Experts) continue;
            var hidden = Hidden(expert, x);
            for (var k = 0; k < y.Length; k++)
            {
                var terms = hidden.Select((h, f) => h * _down[expert].Stored(k, f) * _down[expert].Scale(k)).ToList();
                var bias = _spec.Bias ? _downBias[expert * _spec.HiddenSize + k] : 0;
                y[k] += Weights[slot] * (terms.Sum() + bias);
                magnitude[k] += Math.Abs(Weights[slot]) * terms.Sum(Math.Abs) * (1 + x.Sum(Math.Abs) / 8);
            }
        }
        return (y, magnitude);
    }

    double[] Hidden(int expert, double[] x) =>
    [
        .. Enumerable.Range(0, _spec.Intermediate).Select(f =>
        {
            var gate = f / 16 * 32 + f % 16;
            return ActivationTwin.Apply(_spec.Activation, Product(expert, gate, x)) * Product(expert, gate + 16, x);
        }),
    ];

    double Product(int expert, int channel, double[] x) =>
        x.Select((v, k) => v * _gateUp[expert].Stored(channel, k)).Sum() * _gateUp[expert].Scale(channel)
        + (_spec.Bias ? _gateUpBias[expert * _spec.GateUp.Rows + channel] : 0);

    int[] Pick(Random random) =>
        [.. Enumerable.Range(0, _spec.FirstExpert + _spec.Experts + 1).OrderBy(_ => random.Next()).Take(_spec.Selected).Order()];

    void CopyWeights()
    {
        for (var expert = 0; expert < _spec.Experts; expert++)
        {
            _gateUp[expert].Bytes.CopyTo(new Span<byte>(_weights.Address + expert * _spec.GateUp.Bytes, (int)_spec.GateUp.Bytes));
            _down[expert].Bytes.CopyTo(new Span<byte>(
                _weights.Address + _spec.Experts * _spec.GateUp.Bytes + expert * _spec.Down.Bytes, (int)_spec.Down.Bytes));
        }
    }

    static float[] Uniform(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];

    public void Dispose() => _weights.Dispose();
}
