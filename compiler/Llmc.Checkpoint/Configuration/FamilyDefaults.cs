namespace Llmc.Checkpoints;

/// <summary>Which layers slide where the file has a window but no <c>layer_types</c>.</summary>
enum WindowPattern
{
    /// <summary>None: the family's code knows no window.</summary>
    None,
    AllLayers,
    /// <summary>All but every n-th, counted from 1; <c>sliding_window_pattern</c> may say another n.</summary>
    AllButEveryNth,
    /// <summary>The layers from <c>max_window_layers</c> on.</summary>
    FromMaxWindowLayers,
    /// <summary>Layers 0, 2, 4, … below <c>max_window_layers</c>.</summary>
    EvenBelowMaxWindowLayers,
    /// <summary>The layers without rotary embedding.</summary>
    UnrotatedLayers,
}

/// <summary>
/// What transformers 5.12 assumes where a config.json is silent. Sizes that every file states (hidden size, layers, …) have
/// no default here: their absence is a diagnostic.
/// </summary>
sealed record FamilyDefaults
{
    internal int? NumQueryHeads { get; init; }

    /// <summary>Null: as many as query heads.</summary>
    internal int? NumKvHeads { get; init; }

    /// <summary>The family has as many KV as query heads, whatever the file says.</summary>
    internal bool HasEqualHeads { get; init; }

    /// <summary>Null: hidden size / query heads.</summary>
    internal int? HeadDim { get; init; }

    internal int? VocabSize { get; init; }
    internal int? MaxPositions { get; init; }
    internal double NormEpsilon { get; init; } = 1e-6;
    internal string Activation { get; init; } = "silu";
    internal bool TieWordEmbeddings { get; init; }
    internal bool AttentionBias { get; init; }
    internal bool MlpBias { get; init; }

    internal WindowPattern Windows { get; init; } = WindowPattern.AllLayers;
    internal int WindowStep { get; init; }

    /// <summary>The window counts only where <c>use_sliding_window</c> is true.</summary>
    internal bool HasWindowSwitch { get; init; }

    internal int? SlidingWindow { get; init; }

    /// <summary>Positions are learned, not rotated.</summary>
    internal bool HasLearnedPositions { get; init; }

    internal double RopeTheta { get; init; } = 10_000;

    /// <summary>Sliding layers have a theta of their own, this one.</summary>
    internal double? SlidingRopeTheta { get; init; }

    internal double PartialRotaryFactor { get; init; } = 1;
    internal bool? RopeInterleaved { get; init; }

    /// <summary>A file without rope scaling is incomplete.</summary>
    internal bool RequiresRopeScaling { get; init; }

    /// <summary>Every n-th layer, counted from 1, does not rotate; 0 for none.</summary>
    internal int UnrotatedStep { get; init; }

    internal double? QueryScalar { get; init; }
    internal double? AttentionSoftCap { get; init; }
    internal double? LogitSoftCap { get; init; }
    internal double? AttentionMultiplier { get; init; }
    internal double LogitMultiplier { get; init; } = 1;
    internal bool ParallelResidual { get; init; }

    internal int? BosTokenId { get; init; }
    internal IReadOnlyList<int> EosTokenIds { get; init; } = [];

    internal MoeDefaults? Moe { get; init; }
    internal MlaConfig? Mla { get; init; }
}

/// <summary>As <see cref="FamilyDefaults"/>, for the experts of a family that has them.</summary>
sealed record MoeDefaults(int NumExperts, int? ExpertsPerToken)
{
    /// <summary>Null: the dense MLP's.</summary>
    internal int? ExpertIntermediateSize { get; init; }

    internal int SharedIntermediateSize { get; init; }

    /// <summary>Shared experts, each of a routed expert's width.</summary>
    internal int NumSharedExperts { get; init; }

    internal bool NormalizeTopK { get; init; }
    internal RouterScoring Scoring { get; init; }
    internal RouterSelection Selection { get; init; }
    internal int NumGroups { get; init; } = 1;
    internal int GroupsPerToken { get; init; } = 1;
    internal double RoutedScalingFactor { get; init; } = 1;
    internal int FirstDenseLayers { get; init; }
}
