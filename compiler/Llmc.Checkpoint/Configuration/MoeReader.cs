namespace Llmc.Checkpoints;

/// <summary>Experts, under the several spellings that families have for the same counts.</summary>
sealed class MoeReader(ConfigFields fields, MoeDefaults? family, int numLayers)
{
    readonly MoeDefaults defaults = family ?? MoeDefaults.None;

    /// <summary>Null where neither the file nor the family has experts.</summary>
    internal MoeConfig? Read(int denseSize)
    {
        var numExperts = fields.Int(0, Limits.Experts, "num_local_experts", "num_experts", "n_routed_experts")
            ?? defaults.NumExperts;
        if (numExperts == 0) return null;
        var expertSize = fields.Int(1, Limits.Width, "moe_intermediate_size") ?? defaults.ExpertIntermediateSize ?? denseSize;
        var numGroups = Groups(numExperts);
        return new()
        {
            NumExperts = numExperts,
            ExpertsPerToken = ExpertsPerToken(numExperts),
            ExpertIntermediateSize = expertSize,
            SharedIntermediateSize = SharedSize(expertSize),
            NormalizeTopK = fields.Flag("norm_topk_prob") ?? defaults.NormalizeTopK,
            Scoring = fields.Choice(Spellings.RouterScorings, "scoring_func") ?? defaults.Scoring,
            Selection = fields.Choice(Spellings.RouterSelections, "topk_method") ?? defaults.Selection,
            NumGroups = numGroups,
            GroupsPerToken = fields.Int(1, numGroups, "topk_group") ?? Math.Min(defaults.GroupsPerToken, numGroups),
            RoutedScalingFactor = fields.Number(Limits.Smallest, Limits.Factor, "routed_scaling_factor")
                ?? defaults.RoutedScalingFactor,
            FirstDenseLayers = fields.Int(0, Limits.Layers, "first_k_dense_replace") ?? defaults.FirstDenseLayers,
            SparseStep = fields.Int(1, Limits.Layers, "decoder_sparse_step") ?? 1,
            DenseLayers = fields.Ints(0, numLayers - 1, "mlp_only_layers") ?? [],
        };
    }

    int ExpertsPerToken(int numExperts)
    {
        const string name = "num_experts_per_tok";
        var fallback = defaults.ExpertsPerToken <= numExperts ? defaults.ExpertsPerToken : null;
        return fields.Int(1, numExperts, name) ?? fallback ?? throw fields.Missing(name);
    }

    /// <summary>Qwen gives the width of the shared expert, DeepSeek how many there are of a routed expert's width.</summary>
    int SharedSize(int expertSize) =>
        fields.Int(0, Limits.Width, "shared_expert_intermediate_size")
        ?? fields.Int(0, Limits.Width / expertSize, "n_shared_experts") * expertSize
        ?? defaults.SharedIntermediateSize + defaults.NumSharedExperts * expertSize;

    int Groups(int numExperts)
    {
        var groups = fields.Int(1, numExperts, "n_group") ?? defaults.NumGroups;
        if (numExperts % groups == 0) return groups;
        throw fields.NotAMultiple("n_routed_experts", numExperts, $"'n_group', {groups}");
    }
}
