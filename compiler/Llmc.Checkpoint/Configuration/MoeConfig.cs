namespace Llmc.Checkpoints;

/// <summary>How router logits become scores.</summary>
public enum RouterScoring { Softmax, Sigmoid }

/// <summary>How experts are chosen from scores.</summary>
public enum RouterSelection
{
    /// <summary>The best of all.</summary>
    Greedy,
    /// <summary>The best of the groups whose best expert scores highest (DeepSeek-V2).</summary>
    GroupLimited,
    /// <summary>
    /// As group-limited, groups ranked by their best two, with a learned bias that counts for the choice alone (DeepSeek-V3).
    /// </summary>
    BiasCorrected,
}

/// <summary>A mixture of experts.</summary>
public sealed record MoeConfig
{
    /// <summary>Routed experts of a layer.</summary>
    public required int NumExperts { get; init; }

    /// <summary>Routed experts that each token visits.</summary>
    public required int ExpertsPerToken { get; init; }

    /// <summary>Width of a routed expert's MLP.</summary>
    public required int ExpertIntermediateSize { get; init; }

    /// <summary>Width of the MLP that every token visits, all shared experts together; 0 for none.</summary>
    public required int SharedIntermediateSize { get; init; }

    /// <summary>The chosen scores are divided by their sum.</summary>
    public required bool NormalizeTopK { get; init; }

    public required RouterScoring Scoring { get; init; }

    public required RouterSelection Selection { get; init; }

    /// <summary>Groups of experts, 1 without grouping; divides <see cref="NumExperts"/>.</summary>
    public required int NumGroups { get; init; }

    /// <summary>Groups that a token may visit.</summary>
    public required int GroupsPerToken { get; init; }

    /// <summary>Multiplies the routed experts' weights.</summary>
    public required double RoutedScalingFactor { get; init; }

    /// <summary>Layers from the first on that have a dense MLP instead.</summary>
    public required int FirstDenseLayers { get; init; }

    /// <summary>Only every n-th layer has experts: those whose number from 1 is a multiple of n.</summary>
    public required int SparseStep { get; init; }

    /// <summary>Further layers, from 0, with a dense MLP.</summary>
    public required IReadOnlyList<int> DenseLayers { get; init; }

    /// <summary>Whether <paramref name="layer"/>, from 0, has experts.</summary>
    public bool HasExperts(int layer) =>
        layer >= FirstDenseLayers && (layer + 1) % SparseStep == 0 && !DenseLayers.Contains(layer);
}
