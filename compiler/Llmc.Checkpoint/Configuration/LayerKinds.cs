namespace Llmc.Checkpoints;

/// <summary>What differs from layer to layer in attention: window and rotation.</summary>
sealed class LayerKinds
{
    readonly ConfigFields fields;
    readonly FamilyDefaults defaults;
    readonly int numLayers;

    LayerKinds(ConfigFields fields, FamilyDefaults defaults, int numLayers)
    {
        (this.fields, this.defaults, this.numLayers) = (fields, defaults, numLayers);
        SlidingWindow = ReadWindow();
        Rotated = ReadRotated();
        Types = fields.Choices(Spellings.LayerTypes, "layer_types") ?? [.. Enumerable.Range(0, numLayers).Select(DefaultType)];
        if (Types.Count != numLayers) throw fields.WrongLength("layer_types", numLayers, "layer", Types.Count);
        var sliding = Types.ToList().IndexOf(LayerType.Sliding);
        if (sliding >= 0 && SlidingWindow is null) throw fields.NoWindow(sliding);
        if (sliding < 0) SlidingWindow = null;
    }

    internal int? SlidingWindow { get; }
    internal IReadOnlyList<LayerType> Types { get; }
    internal IReadOnlyList<bool> Rotated { get; }

    internal static LayerKinds Read(ConfigFields fields, FamilyDefaults defaults, int numLayers) =>
        new(fields, defaults, numLayers);

    /// <summary>Written as null, or switched off, means none: published files keep a size beside a switch that is off.</summary>
    int? ReadWindow()
    {
        if (defaults.HasWindowSwitch && fields.Flag("use_sliding_window") != true) return null;
        return fields.IsWritten("sliding_window") ? fields.Int(1, Limits.Positions, "sliding_window") : defaults.SlidingWindow;
    }

    LayerType DefaultType(int layer)
    {
        var slides = SlidingWindow is not null && defaults.Windows switch
        {
            WindowPattern.AllLayers => true,
            WindowPattern.AllButEveryNth => (layer + 1) % WindowStep != 0,
            WindowPattern.FromMaxWindowLayers => layer >= MaxWindowLayers,
            WindowPattern.EvenBelowMaxWindowLayers => layer % 2 == 0 && layer < MaxWindowLayers,
            WindowPattern.UnrotatedLayers => !Rotated[layer],
            _ => false,
        };
        return slides ? LayerType.Sliding : LayerType.Full;
    }

    int WindowStep => fields.Int(1, Limits.Layers, "sliding_window_pattern", "_sliding_window_pattern") ?? defaults.WindowStep;

    int MaxWindowLayers => fields.Int(0, Limits.Layers, "max_window_layers") ?? 28;

    /// <summary><c>no_rope_layers</c> holds 1 for a layer that rotates and 0 for one that does not.</summary>
    IReadOnlyList<bool> ReadRotated()
    {
        if (fields.Ints(0, 1, "no_rope_layers") is { } written)
            return written.Count == numLayers
                ? [.. written.Select(rotates => rotates == 1)]
                : throw fields.WrongLength("no_rope_layers", numLayers, "layer", written.Count);
        var numbers = Enumerable.Range(1, numLayers);
        if (defaults.UnrotatedStep == 0) return [.. numbers.Select(_ => true)];
        var step = fields.Int(1, Limits.Layers, "no_rope_layer_interval") ?? defaults.UnrotatedStep;
        return [.. numbers.Select(number => number % step != 0)];
    }
}
