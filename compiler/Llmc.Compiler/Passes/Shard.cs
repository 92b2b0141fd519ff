using Llmc.Compiler.Sharding;
using Llmc.Graph;

namespace Llmc.Compiler.Passes;

/// <summary>
/// Divides the model among ranks (Shoeybi et al., Megatron-LM, 2019): weights are cut as their shard rules say, shapes
/// become local, and collectives stand where a rank needs what others hold.
/// </summary>
static class Shard
{
    public static Compilation Run(Compilation c) => c with { RankGraphs = Run(c.Model, c.Options.Plan) };

    /// <summary>One graph a rank, all with the same operations line by line; LLMC03xx where the plan does not suit the model.</summary>
    public static IReadOnlyList<RankGraph> Run(ModelGraph model, Plan plan)
    {
        PlanRules.Require(model, plan);
        return [.. Enumerable.Range(0, plan.World).Select(rank => new RankSharding(model, plan, rank).Run())];
    }
}
