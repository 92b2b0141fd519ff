using Llmc.Checkpoints;

namespace Llmc.Models;

/// <summary>Rotary position embedding of heads (Su et al. 2021).</summary>
sealed record RotaryEmbedding(RopeConfig Rope, int HeadDim)
{
    /// <summary>R: dimensions of a head that are rotated.</summary>
    public int RotaryDim => (int)(HeadDim * Rope.PartialRotaryFactor);

    /// <summary>Pairs are neighbours.</summary>
    public bool Interleaved => Rope.Interleaved ?? false;

    /// <summary>[R/2], after scaling.</summary>
    public IReadOnlyList<float> InverseFrequencies() => RopeScaling.Scale(Rope, Unscaled());

    /// <summary>theta^(-2i/R), in float32 steps as in training code.</summary>
    float[] Unscaled() =>
        [.. Enumerable.Range(0, RotaryDim / 2).Select(i => 1f / (float)Math.Pow(Rope.Theta, 2 * i / (float)RotaryDim))];
}
