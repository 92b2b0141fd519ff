namespace Llmc.Checkpoints;

/// <summary>Experts, under the several spellings that families have for the same counts.</summary>
sealed class MoeReader(ConfigFields fields, MoeDefaults? defaults, int numLayers)
{
    /// <summary>Null where neither the file nor the family has experts.</summary>
    internal MoeConfig? Read(int denseIntermediateSize)
    {
        var numExperts = fields.Int(0, Limits.Experts, "num_local_experts", "num_experts", "n_routed_experts") ?? defaults?.NumExperts ?? 0;
        if (numExperts == 0) return null;
        var expertSize = fields.Int(1, Limits.Width, "moe_intermediate_size") ?? defaults?.ExpertIntermediateSize ?? denseIntermediateSize;
        var numGroups = Groups(numExperts);
        return new()
        {
            NumExperts = numExperts,
            ExpertsPerToken = fields.Int(1, numExperts, "num_experts_per_tok") ?? defaults?.ExpertsPerToken ?? throw fields.Missing("num_experts_per_tok"),
            ExpertIntermediateSize = expertSize,
            SharedIntermediateSize = SharedSize(expertSize),
            NormalizeTopK = fields.Flag("norm_topk_prob") ?? defaults?.NormalizeTopK ?? false,
            Scoring = fields.Choice(Spellings.RouterScorings, "scoring_func") ?? defaults?.Scoring ?? RouterScoring.Softmax,
            Selection = fields.Choice(Spellings.RouterSelections, "topk_method") ?? defaults?.Selection ?? RouterSelection.Greedy,
            NumGroups = numGroups,
            GroupsPerToken = fields.Int(1, numGroups, "topk_group") ?? Math.Min(defaults?.GroupsPerToken ?? 1, numGroups),
            RoutedScalingFactor = fields.Number(Limits.Smallest, Limits.Factor, "routed_scaling_factor") ?? defaults?.RoutedScalingFactor ?? 1,
            FirstDenseLayers = fields.Int(0, Limits.Layers, "first_k_dense_replace") ?? defaults?.FirstDenseLayers ?? 0,
            SparseStep = fields.Int(1, Limits.Layers, "decoder_sparse_step", "moe_layer_freq") ?? 1,
            DenseLayers = fields.Ints(0, numLayers - 1, "mlp_only_layers") ?? [],
        };
    }

    /// <summary>Qwen gives the width of the shared expert, DeepSeek the number of shared experts of a routed expert's width.</summary>
    int SharedSize(int expertSize) =>
        fields.Int(0, Limits.Width, "shared_expert_intermediate_size")
        ?? fields.Int(0, Limits.Experts, "n_shared_experts") * expertSize
        ?? (defaults is null ? 0 : defaults.SharedIntermediateSize + defaults.NumSharedExperts * expertSize);

    int Groups(int numExperts)
    {
        var groups = fields.Int(1, numExperts, "n_group") ?? defaults?.NumGroups ?? 1;
        return numExperts % groups == 0 ? groups : throw fields.NotAMultiple("n_routed_experts", numExperts, $"'n_group', {groups}");
    }
}
