using System.Runtime.Intrinsics;
using Llmc.Artifact;

namespace Llmc.Cpu.Tests;

public class ActivationTests
{
    [Theory]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Relu2)]
    [InlineData(Activation.None)]
    public void Matches_its_definition(Activation activation)
    {
        for (var x = -6f; x <= 6f; x += 0.0078125f)
        {
            var actual = Apply(activation, Vector128.Create(x))[0];
            Assert.Equal(ActivationTwin.Apply(activation, x), actual, 2.5e-7 * (1 + Math.Abs(x)));
        }
    }

    [Theory]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.Gelu)]
    public void Large_values_pass_and_large_negative_ones_vanish(Activation activation)
    {
        var y = Apply(activation, Vector128.Create(200f, -200f, 1e30f, 0f));
        Assert.Equal(200f, y[0]);
        Assert.Equal(0f, y[1], 1e-30f);
        Assert.Equal(1e30f, y[2]);
        Assert.Equal(0f, y[3]);
    }

    static Vector128<float> Apply(Activation activation, Vector128<float> x) => activation switch
    {
        Activation.Silu => Silu.Apply(new Lanes128(x)).Value,
        Activation.Gelu => Gelu.Apply(new Lanes128(x)).Value,
        Activation.GeluTanh => GeluTanh.Apply(new Lanes128(x)).Value,
        Activation.Relu => Relu.Apply(new Lanes128(x)).Value,
        Activation.Relu2 => Relu2.Apply(new Lanes128(x)).Value,
        _ => Identity.Apply(new Lanes128(x)).Value,
    };
}
