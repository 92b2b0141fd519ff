using System.Runtime.Intrinsics;

namespace Llmc.Cpu.Tests;

public unsafe class VectorMathTests
{
    public static TheoryData<int> Widths { get; } =
        [.. new[] { 128, 256, 512 }.Where(w => w == 128 || (w == 256 ? Vector256.IsHardwareAccelerated : Vector512.IsHardwareAccelerated))];

    [Theory, MemberData(nameof(Widths))]
    public void Exp_is_within_two_ulp_down_to_subnormal_results(int width) =>
        AssertClose(width, VectorMath.Exp, VectorMath.Exp, VectorMath.Exp, Math.Exp, -87f, 88.7f, ulps: 2, absolute: 0);

    [Theory, MemberData(nameof(Widths))]
    public void Exp_of_large_negative_values_fades_through_subnormals_to_zero(int width) =>
        AssertClose(width, VectorMath.Exp, VectorMath.Exp, VectorMath.Exp, Math.Exp, -200f, -87f, ulps: 0, absolute: 3e-45);

    [Theory, MemberData(nameof(Widths))]
    public void Tanh_is_within_two_ulp(int width) =>
        AssertClose(width, VectorMath.Tanh, VectorMath.Tanh, VectorMath.Tanh, Math.Tanh, -12f, 12f, ulps: 2, absolute: 0);

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(0.99, 0.8385080695553698)]
    [InlineData(1.0, 0.8427007929497149)]
    [InlineData(-1.5, -0.9661051464753108)]
    [InlineData(2.0, 0.9953222650189527)]
    [InlineData(3.0, 0.9999779095030014)]
    [InlineData(6.0, 1.0)]
    public void Erf_matches_its_table(double x, double expected) =>
        Assert.Equal(expected, VectorMath.Erf(new Lanes128(Vector128.Create((float)x))).Value[0], 1.3e-7);

    [Fact]
    public void Infinities_and_nan_go_where_the_limits_go()
    {
        var x = Vector128.Create(float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0f);
        Assert.Equal([float.PositiveInfinity, 0f, float.NaN, 1f], Lanes(VectorMath.Exp(x)));
        Assert.Equal([1f, -1f, float.NaN, 0f], Lanes(VectorMath.Tanh(x)));
        Assert.Equal([1f, -1f, float.NaN, 0f], Lanes(VectorMath.Erf(new Lanes128(x)).Value));
    }

    static float[] Lanes(Vector128<float> v) => [v[0], v[1], v[2], v[3]];

    static void AssertClose(
        int width, Func<Vector128<float>, Vector128<float>> narrow, Func<Vector256<float>, Vector256<float>> middle,
        Func<Vector512<float>, Vector512<float>> wide, Func<double, double> exact, float from, float to, double ulps, double absolute)
    {
        const int Steps = 40_000;
        for (var i = 0; i <= Steps; i++)
        {
            var x = from + (to - from) * i / Steps;
            var actual = width switch
            {
                128 => narrow(Vector128.Create(x))[3],
                256 => middle(Vector256.Create(x))[7],
                _ => wide(Vector512.Create(x))[15],
            };
            var expected = exact(x);
            var ulp = Math.Max(MathF.BitIncrement(MathF.Abs((float)expected)) - (double)MathF.Abs((float)expected), 1e-45);
            Assert.True(Math.Abs(actual - expected) <= ulps * ulp + absolute, $"f({x:R}) = {actual:R}, not {expected:R}");
        }
    }
}
