using Llmc.Engine.Sampling;

namespace Llmc.Engine.Tests;

public class PhiloxTests
{
    /// <summary>Known answers of the authors' library.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(
        0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Blocks_are_those_of_the_reference(
        uint c0, uint c1, uint c2, uint c3, uint key0, uint key1, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal((r0, r1, r2, r3), Philox.Block(c0, c1, c2, c3, key0, key1));

    [Fact]
    public void Uniform_numbers_fill_the_interval_evenly()
    {
        var counts = new int[10];
        for (var position = 0; position < 10_000; position++) counts[(int)(Philox.Uniform(42, position) * 10)]++;
        Assert.All(counts, count => Assert.InRange(count, 900, 1100));
    }
}
