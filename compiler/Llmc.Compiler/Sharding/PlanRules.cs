using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Compiler.Sharding;

/// <summary>Which plans suit a model; the reason where one does not.</summary>
static class PlanRules
{
    public static void Require(ModelGraph model, Plan plan)
    {
        if (plan.Tp < 1) throw Diagnostics.PlanSizeNotPositive.With("tp", plan.Tp);
        if (plan.Ep < 1) throw Diagnostics.PlanSizeNotPositive.With("ep", plan.Ep);
        if (plan.World % plan.Tp != 0 || plan.World % plan.Ep != 0) throw Diagnostics.PlanSizesDoNotDivide.With(plan.Tp, plan.Ep);
        List<Axis> axes = [.. model.Nodes.SelectMany(n => n.Weights).SelectMany(slice => AxesOf(slice.Weight)).Distinct()];
        if (plan.Ep > 1 && !axes.Exists(a => a.Mesh == Mesh.Ep)) throw Diagnostics.NoExpertsToDivide.With(plan.Ep);
        foreach (var axis in axes) RequireEnoughUnits(axis, plan.Size(axis.Mesh));
    }

    /// <summary>No rank may be left with nothing. KV heads may be fewer than ranks: they are repeated.</summary>
    static void RequireEnoughUnits(Axis axis, int ranks)
    {
        if (axis.Group == 1 && ranks > axis.Count) throw Diagnostics.MoreRanksThanUnits.With(axis.Mesh.Text(), ranks, axis.Name, axis.Count);
    }

    static IEnumerable<Axis> AxesOf(Weight weight) =>
        new[] { weight.Shard.Experts, weight.Shard.Rows, weight.Shard.Columns }.OfType<Axis>();
}
