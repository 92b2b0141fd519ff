using Llmc.Artifact;

namespace Llmc.Cpu.Tests;

public class GemmTests
{
    /// <summary>T, N, K: whole panels and tiles, and every kind of rest.</summary>
    static readonly (int Tokens, int Rows, int Columns)[] Shapes =
        [(1, 16, 64), (1, 5, 3), (1, 300, 40), (2, 33, 65), (3, 48, 31), (5, 130, 100), (7, 16, 17), (12, 40, 64), (13, 17, 129), (29, 50, 70)];

    static readonly (WeightFormat, ActivationFormat)[] Formats =
    [
        (WeightFormat.F32, ActivationFormat.F32), (WeightFormat.BF16, ActivationFormat.F32), (WeightFormat.F8E4M3, ActivationFormat.F32),
        (WeightFormat.F32, ActivationFormat.BF16), (WeightFormat.BF16, ActivationFormat.BF16), (WeightFormat.F8E4M3, ActivationFormat.BF16),
        (WeightFormat.I8, ActivationFormat.I8),
    ];

    public static TheoryData<int, WeightFormat, ActivationFormat> LayersAndFormats
    {
        get
        {
            var data = new TheoryData<int, WeightFormat, ActivationFormat>();
            for (var layer = 0; layer < Layer.All.Count; layer++)
                foreach (var (weight, input) in Formats) data.Add(layer, weight, input);
            return data;
        }
    }

    [Theory, MemberData(nameof(LayersAndFormats))]
    public void Products_match_double_precision_at_every_rest(int layer, WeightFormat weight, ActivationFormat input)
    {
        foreach (var (tokens, rows, columns) in Shapes) AssertMatchesTwin(new(rows, columns, weight, input), tokens, Layer.All[layer]);
    }

    public static TheoryData<string> Variants => [.. VariantSpecs.Keys];

    /// <summary>Every field of the spec at least once, at sizes that leave rests.</summary>
    static readonly Dictionary<string, GemmSpec> VariantSpecs = new()
    {
        ["rms"] = Spec(norm: NormKind.Rms),
        ["rms with offset"] = Spec(norm: NormKind.Rms) with { WeightOffset = 1f },
        ["layer norm"] = Spec(norm: NormKind.Layer),
        ["layer norm with bias"] = Spec(norm: NormKind.Layer) with { NormBias = true },
        ["bias"] = Spec() with { Bias = true },
        ["gather"] = Spec() with { Gather = true },
        ["scale"] = Spec() with { Scale = 0.25f },
        ["cap"] = Spec() with { SoftCap = 3f },
        ["bias, scale and cap"] = Spec() with { Bias = true, Scale = 0.5f, SoftCap = 5f },
        ["silu"] = Spec() with { Epilogue = Epilogue.Activate, Activation = Activation.Silu },
        ["relu squared"] = Spec() with { Epilogue = Epilogue.Activate, Activation = Activation.Relu2 },
        ["gelu with bias"] = Spec() with { Epilogue = Epilogue.Activate, Activation = Activation.Gelu, Bias = true },
        ["gated silu"] = Spec() with { Epilogue = Epilogue.Gated, Activation = Activation.Silu, Rows = 2 * 37 },
        ["gated gelu with bias"] = Spec() with { Epilogue = Epilogue.Gated, Activation = Activation.GeluTanh, Rows = 2 * 80, Bias = true },
        ["residual"] = Spec() with { Epilogue = Epilogue.AddResidual },
        ["residual, scale and bias"] = Spec() with { Epilogue = Epilogue.AddResidual, Scale = 0.3f, Bias = true },
        ["rms, gather, residual"] = Spec(norm: NormKind.Rms) with { Gather = true, Epilogue = Epilogue.AddResidual },
    };

    static GemmSpec Spec(NormKind norm = NormKind.None) => new(53, 75, WeightFormat.BF16, ActivationFormat.BF16, norm, Epsilon: 1e-5f);

    [Theory, MemberData(nameof(Variants))]
    public void Every_field_of_the_spec_is_honoured_in_every_format_and_layer(string variant)
    {
        foreach (var layer in Layer.All)
            foreach (var (weight, input) in Formats)
                foreach (var tokens in new[] { 1, 14 })
                    AssertMatchesTwin(VariantSpecs[variant] with { Format = weight, Input = input }, tokens, layer);
    }

    [Fact]
    public void Int8_sums_are_exact_in_every_layer()
    {
        var spec = new GemmSpec(40, 1000, WeightFormat.I8, ActivationFormat.I8);
        foreach (var layer in Layer.All)
        {
            using var gemm = new GemmCase(spec, 9);
            var y = gemm.Run(layer, 0, 9);
            for (var row = 0; row < 9; row++)
            {
                var packed = gemm.Packed(row, Offset(layer, spec));
                for (var column = 0; column < 40; column++)
                    Assert.Equal(gemm.ExactSum(packed, column) * gemm.RowScale(row) * gemm.ChannelScale(column), y[row * 40 + column]);
            }
        }
    }

    [Fact]
    public void Float32_results_have_the_same_bits_in_all_layers_that_fuse()
    {
        var spec = new GemmSpec(70, 90, WeightFormat.BF16, ActivationFormat.F32, Bias: true);
        using var gemm = new GemmCase(spec, 5);
        var layers = Layer.All.Where(layer => layer.Set >= InstructionSet.Avx2).ToList();
        foreach (var layer in layers) Assert.Equal(gemm.Run(layers[0], 0, 5), gemm.Run(layer, 0, 5));
    }

    [Fact]
    public void The_residual_may_be_the_output()
    {
        var spec = new GemmSpec(20, 30, WeightFormat.BF16, ActivationFormat.F32, Epilogue: Epilogue.AddResidual);
        using var gemm = new GemmCase(spec, 3);
        Assert.Equal(gemm.Run(Layer.All[^1], 0, 3), gemm.Run(Layer.All[^1], 0, 3, inPlace: true));
    }

    internal static int Offset(Layer layer, GemmSpec spec) =>
        spec.Input == ActivationFormat.I8 && layer.MachineCode && layer.Set >= InstructionSet.Avx512Vnni ? 128 : 0;

    static void AssertMatchesTwin(GemmSpec spec, int tokens, Layer layer)
    {
        using var gemm = new GemmCase(spec, tokens);
        var y = gemm.Run(layer, 0, tokens);
        for (var row = 0; row < tokens; row++)
        {
            var packed = gemm.Packed(row, Offset(layer, spec));
            AssertPacked(gemm.Normalized(row), packed, gemm.RowScale(row), spec.Input);
            for (var column = 0; column < spec.OutputColumns; column++)
            {
                var (expected, magnitude) = gemm.Expected(packed, row, column);
                var actual = y[row * spec.OutputColumns + column];
                Assert.True(
                    Math.Abs(expected - actual) <= 1e-6 * magnitude,
                    $"{spec.Name} {layer} T={tokens}: y[{row}, {column}] = {actual}, not {expected}");
            }
        }
    }

    /// <summary>Rounded to the format: half a unit of it, and a little for float32 statistics.</summary>
    static void AssertPacked(double[] exact, double[] packed, float scale, ActivationFormat format)
    {
        for (var k = 0; k < exact.Length; k++)
        {
            var bound = format switch
            {
                ActivationFormat.F32 => 1e-6 * Math.Max(1, Math.Abs(exact[k])),
                ActivationFormat.BF16 => Math.Abs(exact[k]) / 256 + 1e-6,
                _ => scale * 0.501,
            };
            Assert.True(Math.Abs(exact[k] - packed[k] * scale) <= bound, $"x[{k}] = {packed[k] * scale}, not {exact[k]}");
        }
    }
}
