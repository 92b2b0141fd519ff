using Llmc.Artifact;

namespace Llmc.Artifact.Tests;

public class FloatTests
{
    [Fact]
    public void Every_e4m3_value_survives_a_round_trip()
    {
        for (var bits = 0; bits < 256; bits++)
        {
            float value = new Float8E4M3((byte)bits);
            if (float.IsNaN(value)) Assert.Equal(0x7F, bits & 0x7F);
            else Assert.Equal(bits, ((Float8E4M3)value).Bits);
        }
    }

    [Theory]
    [InlineData(1e9f, 448f)]
    [InlineData(-460f, -448f)]
    [InlineData(1.0625f, 1f)]      // half way between 1 and 1.125: to even
    [InlineData(1.1875f, 1.25f)]   // half way between 1.125 and 1.25: to even
    [InlineData(0.0009f, 0f)]      // below half of the smallest subnormal, 2^-9
    [InlineData(0.001f, 0.001953125f)]
    public void E4m3_rounds_to_nearest_even_and_saturates(float value, float expected) =>
        Assert.Equal(expected, (float)(Float8E4M3)value);

    [Theory]
    [InlineData(0x3F808000u, 0x3F80)]  // tie, even below
    [InlineData(0x3F818000u, 0x3F82)]  // tie, even above
    [InlineData(0x3F808001u, 0x3F81)]
    [InlineData(0x7F7FFFFFu, 0x7F80)]  // rounds to infinity
    public void Bfloat16_rounds_to_nearest_even(uint bits, int expected) =>
        Assert.Equal(expected, ((BFloat16)BitConverter.UInt32BitsToSingle(bits)).Bits);

    [Fact]
    public void Bfloat16_keeps_nan_even_when_its_payload_is_low() =>
        Assert.True(float.IsNaN((BFloat16)BitConverter.UInt32BitsToSingle(0x7F800001)));
}
