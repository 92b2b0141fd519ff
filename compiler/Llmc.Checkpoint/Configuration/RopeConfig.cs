namespace Llmc.Checkpoints;

/// <summary>How the base frequencies of a rotary embedding are changed to reach longer contexts.</summary>
public enum RopeType
{
    Default,
    /// <summary>Positions divided by the factor.</summary>
    Linear,
    /// <summary>The base grows with the length of the sequence.</summary>
    Dynamic,
    /// <summary>Low and high frequencies scaled apart, with a ramp between (Peng et al., YaRN, 2023).</summary>
    Yarn,
    /// <summary>A factor for each frequency, other ones for long sequences (Ding et al., LongRoPE, 2024).</summary>
    LongRope,
    /// <summary>Frequencies scaled by wavelength, as Llama 3.1 does.</summary>
    Llama3,
}

/// <summary>A rotary embedding, with frequencies theta^(−2i/d) before scaling, d the rotated part of a head.</summary>
public sealed record RopeConfig
{
    public required RopeType Type { get; init; }

    public required double Theta { get; init; }

    /// <summary>Share of a head that is rotated, in (0, 1].</summary>
    public required double PartialRotaryFactor { get; init; }

    /// <summary>Ratio of the scaled to the original context; 1 for <see cref="RopeType.Default"/>.</summary>
    public required double Factor { get; init; }

    /// <summary>Positions of the model before scaling.</summary>
    public required int OriginalMaxPositions { get; init; }

    /// <summary>llama3: wavelengths above original / this are divided by the factor.</summary>
    public required double LowFrequencyFactor { get; init; }

    /// <summary>llama3: wavelengths below original / this stay.</summary>
    public required double HighFrequencyFactor { get; init; }

    /// <summary>yarn: rotations over the original context above which a frequency stays.</summary>
    public required double BetaFast { get; init; }

    /// <summary>yarn: rotations over the original context below which a frequency is divided by the factor.</summary>
    public required double BetaSlow { get; init; }

    /// <summary>yarn: numerator of the score scale; null where the file is silent.</summary>
    public required double? Mscale { get; init; }

    /// <summary>yarn: denominator of the score scale, and the scale of MLA's softmax.</summary>
    public required double? MscaleAllDim { get; init; }

    /// <summary>yarn: the ends of the ramp are rounded to whole dimensions.</summary>
    public required bool Truncate { get; init; }

    /// <summary>yarn, longrope: multiplies sine and cosine; null where it follows from the factor.</summary>
    public required double? AttentionFactor { get; init; }

    /// <summary>longrope: one factor for each frequency, for sequences up to the original length; else empty.</summary>
    public required IReadOnlyList<double> ShortFactors { get; init; }

    /// <summary>longrope: the same for longer sequences.</summary>
    public required IReadOnlyList<double> LongFactors { get; init; }

    /// <summary>Rotated pairs are neighbours rather than halves of the head; null where the family decides.</summary>
    public required bool? Interleaved { get; init; }
}
