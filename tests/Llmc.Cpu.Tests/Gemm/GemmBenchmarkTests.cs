using Llmc.Artifact;

namespace Llmc.Cpu.Tests;

public class GemmBenchmarkTests
{
    static readonly GemmSpec Spec = new(64, 128, WeightFormat.BF16, ActivationFormat.BF16, NormKind.Rms, 1e-6f, Epilogue: Epilogue.Gated, Activation: Activation.Silu);

    [Fact]
    public void A_line_gives_time_rates_and_shares_of_what_was_measured()
    {
        var layer = Layer.All[^2];
        using var code = layer.CodeFor(Spec);
        var ceilings = MachineCeilings.Measure(threads: 2, code, samples: 1);
        var line = GemmBenchmark.Measure(Spec, rows: 3, threads: 2, layer.Set, code, ceilings, samples: 3);
        Assert.Equal((Spec.Name, 3), (line.Kernel, line.Rows));
        Assert.True(line.Best > 0 && line.Best <= line.Microseconds);
        Assert.Equal(line.BytesPerSecond / ceilings.ReadBytesPerSecond, line.ShareOfBandwidth, 6);
        Assert.Equal(Spec.Cost(3).Flops / line.Microseconds * 1e6, line.OperationsPerSecond, 1e3);
        Assert.Equal(code.Names.Count > 0, line.ShareOfPeak is not null);
    }

    [Fact]
    public void Without_a_peak_loop_the_share_is_left_open()
    {
        var ceilings = MachineCeilings.Measure(threads: 1, CodeImage.Empty, samples: 1);
        Assert.Null(GemmBenchmark.Measure(Spec, 1, 1, InstructionSets.Detect(), CodeImage.Empty, ceilings, samples: 1).ShareOfPeak);
    }
}
