using Llmc.Artifact;

namespace Llmc.Cpu.Tests;

public unsafe class GemmInvarianceTests
{
    public static TheoryData<int, WeightFormat, ActivationFormat> LayersAndFormats => GemmTests.LayersAndFormats;

    [Theory, MemberData(nameof(LayersAndFormats))]
    public void The_bits_of_a_row_do_not_depend_on_the_batch(int layer, WeightFormat weight, ActivationFormat input)
    {
        const int Tokens = 30;
        var spec = new GemmSpec(150, 333, weight, input, NormKind.Rms, 1e-6f);
        using var gemm = new GemmCase(spec, Tokens);
        var together = gemm.Run(Layer.All[layer], 0, Tokens);
        foreach (var batch in new[] { 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 25 })
            for (var first = 0; first + batch <= Tokens; first += batch)
                Assert.Equal(together[(first * 150)..((first + batch) * 150)], gemm.Run(Layer.All[layer], first, batch));
    }

    [Theory, MemberData(nameof(LayersAndFormats))]
    public void The_bits_do_not_depend_on_the_number_of_threads(int layer, WeightFormat weight, ActivationFormat input)
    {
        var spec = new GemmSpec(170, 90, weight, input, Epilogue: Epilogue.Gated, Activation: Activation.Silu);
        using var gemm = new GemmCase(spec, 17);
        var alone = gemm.Run(Layer.All[layer], 0, 17);
        Assert.Equal(alone, gemm.Run(Layer.All[layer], 0, 17, threads: 2));
        Assert.Equal(alone, gemm.Run(Layer.All[layer], 0, 17, threads: 3));
    }

    [Fact]
    public void More_threads_than_panels_and_no_tokens_are_fine()
    {
        using var gemm = new GemmCase(new(10, 20, WeightFormat.BF16, ActivationFormat.BF16), 2);
        Assert.Equal(gemm.Run(Layer.All[^1], 0, 2), gemm.Run(Layer.All[^1], 0, 2, threads: 3));
        Assert.Empty(gemm.Run(Layer.All[^1], 0, 0, threads: 2));
    }

    [Fact]
    public void A_launch_allocates_nothing()
    {
        var spec = new GemmSpec(64, 64, WeightFormat.BF16, ActivationFormat.BF16, NormKind.Rms, Bias: true);
        foreach (var layer in Layer.All)
        {
            using var code = layer.CodeFor(spec);
            var kernel = GemmKernel.For(spec, layer.Set, code);
            using var memory = new NativeMemory(1 << 20);
            var launch = new GemmParameters
            {
                Tokens = 4,
                Input = (float*)memory.Address,
                InputStride = 64,
                NormWeight = (float*)memory.Address,
                Weight = memory.Address,
                Bias = (float*)memory.Address,
                Output = (float*)(memory.Address + 65536),
                Workspace = memory.Address + 131072,
            };
            var team = new Team(0, new TeamBarrier(1));
            kernel.Execute(&launch, team);
            var before = GC.GetAllocatedBytesForCurrentThread();
            kernel.Execute(&launch, team);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
