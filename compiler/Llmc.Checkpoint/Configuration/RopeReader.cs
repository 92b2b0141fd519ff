namespace Llmc.Checkpoints;

/// <summary>
/// Rotary embeddings of both generations. transformers ≥ 5 has <c>rope_parameters</c>, one object or one for each layer type;
/// ≤ 4 has <c>rope_theta</c> beside <c>rope_scaling</c>, whose kind is spelt <c>type</c> or <c>rope_type</c>.
/// </summary>
sealed class RopeReader(ConfigFields fields, FamilyDefaults defaults, int headDim, int maxPositions)
{
    /// <summary>The embeddings of full and of sliding layers, the same one unless the file or family tells them apart.</summary>
    internal (RopeConfig? Full, RopeConfig? Sliding) Read()
    {
        if (defaults.HasLearnedPositions) return (null, null);
        if (fields.Object("rope_parameters") is { } parameters && parameters.HasOnly(Spellings.LayerTypes.Keys))
            return ReadByLayerType(parameters);
        var full = ReadOne(Scaling, defaults.RopeTheta, "rope_theta", "rotary_emb_base");
        var sliding = defaults.SlidingRopeTheta is { } theta ? ReadOne(null, theta, "rope_local_base_freq") : full;
        return (full, sliding);
    }

    /// <summary>The old field counts where both are written, as in transformers.</summary>
    ConfigFields? Scaling => fields.Object("rope_scaling", "rope_parameters");

    (RopeConfig, RopeConfig) ReadByLayerType(ConfigFields parameters)
    {
        var full = ReadOne(parameters.Object("full_attention"), defaults.RopeTheta, "rope_theta");
        var theta = defaults.SlidingRopeTheta ?? defaults.RopeTheta;
        return (full, ReadOne(parameters.Object("sliding_attention"), theta, "rope_local_base_freq", "rope_theta"));
    }

    /// <param name="scaling">The object that describes it; null for an unscaled one.</param>
    /// <param name="thetaNames">Where the file may write theta outside that object.</param>
    RopeConfig ReadOne(ConfigFields? scaling, double defaultTheta, params ReadOnlySpan<string> thetaNames)
    {
        var type = scaling?.Choice(Spellings.RopeTypes, "rope_type", "type") ?? RopeType.Default;
        if (scaling is null && defaults.RequiresRopeScaling) throw fields.Missing("rope_parameters");
        var partial = PartialRotaryFactor(scaling);
        var original = OriginalMaxPositions(scaling);
        return new()
        {
            Type = type,
            Theta = scaling?.Number(1, 1e15, "rope_theta") ?? fields.Number(1, 1e15, thetaNames) ?? defaultTheta,
            PartialRotaryFactor = partial,
            OriginalMaxPositions = original,
            Factor = Factor(scaling, type, original),
            LowFrequencyFactor = Parameter(scaling, type == RopeType.Llama3, "low_freq_factor") ?? 1,
            HighFrequencyFactor = HighFrequencyFactor(scaling, type),
            BetaFast = Parameter(scaling, false, "beta_fast") ?? 32,
            BetaSlow = Parameter(scaling, false, "beta_slow") ?? 1,
            Mscale = scaling?.Number(0, Limits.Factor, "mscale"),
            MscaleAllDim = scaling?.Number(0, Limits.Factor, "mscale_all_dim"),
            Truncate = scaling?.Flag("truncate") ?? true,
            AttentionFactor = Parameter(scaling, false, "attention_factor"),
            ShortFactors = Factors(scaling, type, "short_factor", partial),
            LongFactors = Factors(scaling, type, "long_factor", partial),
            Interleaved = fields.Flag("rope_interleave") ?? defaults.RopeInterleaved,
        };
    }

    double PartialRotaryFactor(ConfigFields? scaling)
    {
        var partial = scaling?.Number(Limits.Smallest, 1, "partial_rotary_factor")
            ?? fields.Number(Limits.Smallest, 1, "partial_rotary_factor", "rotary_pct") ?? defaults.PartialRotaryFactor;
        var rotated = (int)(headDim * partial);
        return rotated >= 2 && rotated % 2 == 0
            ? partial
            : throw fields.NotAMultiple("head_dim' × 'partial_rotary_factor", rotated, "2, since rotary embedding turns pairs");
    }

    /// <summary>phi3 writes it beside the object, and that one counts.</summary>
    int OriginalMaxPositions(ConfigFields? scaling)
    {
        const string name = "original_max_position_embeddings";
        return fields.Int(1, Limits.Positions, name) ?? scaling?.Int(1, Limits.Positions, name) ?? maxPositions;
    }

    double Factor(ConfigFields? scaling, RopeType type, int original)
    {
        if (type == RopeType.LongRope) return Parameter(scaling, false, "factor") ?? Math.Max(1, (double)maxPositions / original);
        return type == RopeType.Default ? 1 : Parameter(scaling, true, "factor")!.Value;
    }

    static double HighFrequencyFactor(ConfigFields? scaling, RopeType type)
    {
        if (type != RopeType.Llama3) return Parameter(scaling, false, "high_freq_factor") ?? 4;
        var low = Parameter(scaling, true, "low_freq_factor")!.Value;
        // The ramp between the two divides by their difference.
        return scaling!.NumberAbove(low, "low_freq_factor", "high_freq_factor") ?? throw scaling.Missing("high_freq_factor");
    }

    static double? Parameter(ConfigFields? scaling, bool isRequired, string name)
    {
        var value = scaling?.Number(Limits.Smallest, Limits.Factor, name);
        return value is null && isRequired ? throw scaling!.Missing(name) : value;
    }

    IReadOnlyList<double> Factors(ConfigFields? scaling, RopeType type, string name, double partial)
    {
        if (type != RopeType.LongRope) return [];
        var factors = scaling!.Numbers(Limits.Smallest, Limits.Factor, name) ?? throw scaling.Missing(name);
        var pairs = (int)(headDim * partial) / 2;
        return factors.Count == pairs ? factors : throw scaling.WrongLength(name, pairs, "rotated pair", factors.Count);
    }
}
