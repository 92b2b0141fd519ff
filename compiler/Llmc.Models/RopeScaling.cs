using Llmc.Artifact;
using Llmc.Checkpoints;

namespace Llmc.Models;

/// <summary>What longer contexts do to inverse frequencies, a function a type.</summary>
static class RopeScaling
{
    /// <exception cref="LlmcException">LLMC0231 where the type is not among them.</exception>
    public static IReadOnlyList<float> Scale(RopeConfig rope, IReadOnlyList<float> frequencies) => rope.Type switch
    {
        RopeType.Default => frequencies,
        RopeType.Linear => [.. frequencies.Select(f => f / (float)rope.Factor)],
        RopeType.Llama3 => [.. frequencies.Select(f => Llama3(rope, f))],
        _ => throw Diagnostics.RopeScalingUnsupported.With(rope.Type.ToString().ToLowerInvariant()),
    };

    /// <summary>Long wavelengths are stretched by the factor, short ones stay, those between are blended (Llama 3.1 model card).</summary>
    static float Llama3(RopeConfig rope, float frequency)
    {
        float context = rope.OriginalMaxPositions, factor = (float)rope.Factor, low = (float)rope.LowFrequencyFactor, high = (float)rope.HighFrequencyFactor;
        var wavelength = 2 * MathF.PI / frequency;
        if (wavelength > context / low) return frequency / factor;
        if (wavelength < context / high) return frequency;
        var smooth = (context / wavelength - low) / (high - low);
        return (1 - smooth) * (frequency / factor) + smooth * frequency;
    }
}
