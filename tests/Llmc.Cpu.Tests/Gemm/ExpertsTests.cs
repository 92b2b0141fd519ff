using Llmc.Artifact;

namespace Llmc.Cpu.Tests;

public class ExpertsTests
{
    public static TheoryData<int> Layers => [.. Enumerable.Range(0, Layer.All.Count)];

    [Theory, MemberData(nameof(Layers))]
    public void A_token_gets_the_weighted_sum_of_its_local_experts(int layer)
    {
        foreach (var (weight, input) in new[] { (WeightFormat.BF16, ActivationFormat.F32), (WeightFormat.BF16, ActivationFormat.BF16), (WeightFormat.F8E4M3, ActivationFormat.F32) })
            foreach (var bias in new[] { false, true })
                AssertMatchesTwin(new ExpertsSpec(2, 3, 2, 37, 21, weight, input, Activation.Silu, bias), tokens: 9, Layer.All[layer]);
    }

    [Theory, MemberData(nameof(Layers))]
    public void Int8_experts_stay_near_the_products_of_what_they_round(int layer) =>
        AssertMatchesTwin(new ExpertsSpec(0, 4, 2, 64, 48, WeightFormat.I8, ActivationFormat.I8, Activation.GeluTanh), 5, Layer.All[layer]);

    [Fact]
    public void Tokens_without_a_local_expert_get_zeros()
    {
        var spec = new ExpertsSpec(4, 2, 2, 20, 16, WeightFormat.BF16, ActivationFormat.F32, Activation.Silu);
        using var experts = new ExpertsCase(spec, 3);
        experts.Experts.AsSpan().Clear(); // expert 0 is not among 4 and 5
        experts.Experts[1] = 5;
        var y = experts.Run(Layer.All[^1], 0, 3);
        Assert.NotEqual(0f, y[0]);
        Assert.All(y[20..], value => Assert.Equal(0f, value));
    }

    [Theory, MemberData(nameof(Layers))]
    public void The_bits_of_a_token_depend_on_neither_batch_nor_threads(int layer)
    {
        const int Tokens = 26;
        foreach (var (weight, input) in new[] { (WeightFormat.BF16, ActivationFormat.BF16), (WeightFormat.I8, ActivationFormat.I8) })
        {
            var spec = new ExpertsSpec(0, 5, 3, 70, 50, weight, input, Activation.Silu);
            using var experts = new ExpertsCase(spec, Tokens);
            var together = experts.Run(Layer.All[layer], 0, Tokens);
            Assert.Equal(together, experts.Run(Layer.All[layer], 0, Tokens, threads: 2));
            Assert.Equal(together, experts.Run(Layer.All[layer], 0, Tokens, threads: 3));
            for (var token = 0; token < Tokens; token++)
                Assert.Equal(together[(token * 70)..((token + 1) * 70)], experts.Run(Layer.All[layer], token, 1));
        }
    }

    [Fact]
    public void Ranks_that_share_the_experts_add_up_to_one_that_has_them_all()
    {
        var whole = new ExpertsSpec(0, 4, 2, 32, 16, WeightFormat.BF16, ActivationFormat.F32, Activation.Silu);
        using var all = new ExpertsCase(whole, 6);
        using var low = new ExpertsCase(whole with { Experts = 2 }, 6);
        using var high = new ExpertsCase(whole with { FirstExpert = 2, Experts = 2 }, 6);
        low.TakeFrom(all, firstExpert: 0);
        high.TakeFrom(all, firstExpert: 2);
        var expected = all.Run(Layer.All[0], 0, 6);
        var (a, b) = (low.Run(Layer.All[0], 0, 6), high.Run(Layer.All[0], 0, 6));
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], a[i] + b[i], 1e-5f * (1 + Math.Abs(expected[i])));
    }

    [Fact]
    public void No_tokens_and_no_local_rows_are_fine()
    {
        var spec = new ExpertsSpec(8, 2, 1, 16, 16, WeightFormat.BF16, ActivationFormat.BF16, Activation.Silu);
        using var experts = new ExpertsCase(spec, 2);
        experts.Experts.AsSpan().Clear();
        Assert.Empty(experts.Run(Layer.All[^1], 0, 0, threads: 2));
        Assert.All(experts.Run(Layer.All[^1], 0, 2, threads: 2), value => Assert.Equal(0f, value));
    }

    [Fact]
    public unsafe void A_launch_allocates_nothing()
    {
        var spec = new ExpertsSpec(0, 2, 1, 32, 32, WeightFormat.BF16, ActivationFormat.BF16, Activation.Silu);
        using var code = Layer.All[^2].CodeFor(spec);
        using var memory = new NativeMemory(1 << 20);
        var kernel = ExpertsKernel.For(spec, Layer.All[^2].Set, code);
        var launch = new ExpertsParameters
        {
            Tokens = 3,
            Input = (float*)memory.Address,
            Experts = (int*)memory.Address,
            Weights = (float*)memory.Address,
            GateUp = memory.Address,
            Down = memory.Address,
            Output = (float*)(memory.Address + 65536),
            Workspace = memory.Address + 131072,
        };
        var team = new Team(0, new TeamBarrier(1));
        kernel.Execute(&launch, team);
        var before = GC.GetAllocatedBytesForCurrentThread();
        kernel.Execute(&launch, team);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    static void AssertMatchesTwin(ExpertsSpec spec, int tokens, Layer layer)
    {
        using var experts = new ExpertsCase(spec, tokens);
        var y = experts.Run(layer, 0, tokens);
        // Rounding of the hidden values to their format may fall the other way in double precision.
        var tolerance = spec.Input switch { ActivationFormat.F32 => 2e-6, ActivationFormat.BF16 => 1.0 / 512, _ => 1.0 / 64 };
        for (var token = 0; token < tokens; token++)
        {
            var (expected, magnitude) = experts.Expected(token);
            for (var k = 0; k < spec.HiddenSize; k++)
                Assert.True(
                    Math.Abs(expected[k] - y[token * spec.HiddenSize + k]) <= tolerance * (1 + magnitude[k]),
                    $"{layer}: y[{token}, {k}] = {y[token * spec.HiddenSize + k]}, not {expected[k]}");
        }
    }
}
