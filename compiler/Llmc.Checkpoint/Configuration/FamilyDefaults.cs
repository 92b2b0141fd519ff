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
/// <param name="NumKvHeads">Null: as many as query heads.</param>
/// <param name="HasEqualHeads">The family has as many KV as query heads, whatever the file says.</param>
/// <param name="HeadDim">Null: hidden size / query heads.</param>
/// <param name="WindowStep">The n of <see cref="WindowPattern.AllButEveryNth"/>.</param>
/// <param name="HasWindowSwitch">The window counts only where <c>use_sliding_window</c> is true.</param>
/// <param name="HasLearnedPositions">Positions are learned, not rotated.</param>
/// <param name="SlidingRopeTheta">Sliding layers have a theta of their own, this one.</param>
/// <param name="RequiresRopeScaling">A file without rope scaling is incomplete.</param>
/// <param name="UnrotatedStep">Every n-th layer, counted from 1, does not rotate; 0 for none.</param>
/// <param name="EosTokenIds">Null: none.</param>
sealed record FamilyDefaults(
    int? NumQueryHeads = null,
    int? NumKvHeads = null,
    bool HasEqualHeads = false,
    int? HeadDim = null,
    int? VocabSize = null,
    int? MaxPositions = null,
    double NormEpsilon = 1e-6,
    Activation Activation = Activation.Silu,
    bool TieWordEmbeddings = false,
    bool AttentionBias = false,
    bool MlpBias = false,
    WindowPattern Windows = WindowPattern.AllLayers,
    int WindowStep = 1,
    bool HasWindowSwitch = false,
    int? SlidingWindow = null,
    bool HasLearnedPositions = false,
    double RopeTheta = 10_000,
    double? SlidingRopeTheta = null,
    double PartialRotaryFactor = 1,
    bool? RopeInterleaved = null,
    bool RequiresRopeScaling = false,
    int UnrotatedStep = 0,
    double? QueryScalar = null,
    double? AttentionSoftCap = null,
    double? LogitSoftCap = null,
    double? AttentionMultiplier = null,
    double LogitMultiplier = 1,
    bool ParallelResidual = false,
    int? BosTokenId = null,
    IReadOnlyList<int>? EosTokenIds = null,
    MoeDefaults? Moe = null,
    MlaConfig? Mla = null);

/// <summary>As <see cref="FamilyDefaults"/>, for the experts of a family that has them.</summary>
/// <param name="ExpertIntermediateSize">Null: the dense MLP's.</param>
/// <param name="NumSharedExperts">Each of a routed expert's width.</param>
sealed record MoeDefaults(
    int NumExperts,
    int? ExpertsPerToken,
    int? ExpertIntermediateSize = null,
    int SharedIntermediateSize = 0,
    int NumSharedExperts = 0,
    bool NormalizeTopK = false,
    RouterScoring Scoring = RouterScoring.Softmax,
    RouterSelection Selection = RouterSelection.Greedy,
    int NumGroups = 1,
    int GroupsPerToken = 1,
    double RoutedScalingFactor = 1,
    int FirstDenseLayers = 0)
{
    /// <summary>Of a family without experts.</summary>
    internal static readonly MoeDefaults None = new(NumExperts: 0, ExpertsPerToken: null);
}
