namespace Llmc.Checkpoints;

/// <summary>Sizes beyond which a configuration is a mistake: each is well above every published model.</summary>
static class Limits
{
    internal const int Layers = 10_000;
    internal const int Heads = 16_384;
    internal const int HeadDim = 16_384;
    internal const int Width = 1 << 24;
    internal const int Vocabulary = 1 << 24;
    internal const int Positions = 1 << 30;
    internal const int Experts = 65_536;

    /// <summary>Of any factor or multiplier.</summary>
    internal const double Factor = 1e6;

    /// <summary>Smallest factor that is not taken for zero.</summary>
    internal const double Smallest = 1e-30;
}
