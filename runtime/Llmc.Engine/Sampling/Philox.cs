namespace Llmc.Engine.Sampling;

/// <summary>
/// Philox4x32-10, a counter-based generator: the random number for a position follows from seed and position alone, whatever
/// ran before or beside it. Source: Salmon, Moraes, Dror, Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, 2011.
/// </summary>
static class Philox
{
    const int Rounds = 10;
    const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public static double Uniform(ulong seed, int position)
    {
        var (a, b, _, _) = Block((uint)position, 0, 0, 0, (uint)seed, (uint)(seed >> 32));
        return (((ulong)a << 32 | b) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The four words of one counter under one key.</summary>
    public static (uint, uint, uint, uint) Block(uint c0, uint c1, uint c2, uint c3, uint key0, uint key1)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (product0, product1) = ((ulong)Multiplier0 * c0, (ulong)Multiplier1 * c2);
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ key0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ key1, (uint)product0);
            key0 += Weyl0;
            key1 += Weyl1;
        }
        return (c0, c1, c2, c3);
    }
}
