using Llmc.Artifact;

namespace Llmc.CommandLine;

/// <summary>An engine's manifest for people: identity, memory map, and what the launches of a step move and compute.</summary>
static class EngineText
{
    public static void Write(TextWriter output, Manifest manifest, in StepSize step)
    {
        var (model, limits) = (manifest.Model, manifest.Limits);
        output.WriteLine($"{model.Name}: {model.Architecture}, {model.Parameters:N0} parameters, {model.NumLayers} layers; by {manifest.Producer} for {manifest.Target}");
        output.WriteLine($"plan: {manifest.Plan.World} ranks, tp {manifest.Plan.Tp}, ep {manifest.Plan.Ep}; weights {manifest.Numbers.Weights}, activations {manifest.Numbers.Activations}, KV cache {manifest.Numbers.KvCache}");
        output.WriteLine($"limits: {limits.MaxSequences} sequences and {limits.MaxTokens} tokens a step, {limits.MaxSequenceLength} tokens a sequence, {limits.Blocks} KV blocks of {limits.BlockSize} tokens");
        foreach (var rank in manifest.Ranks) WriteRank(output, rank, step);
    }

    static void WriteRank(TextWriter output, RankManifest rank, in StepSize step)
    {
        var memory = rank.Memory;
        output.WriteLine($"\nrank {rank.Rank}: {memory.Total:N0} bytes = weights {memory.Weights:N0} + KV cache {memory.KvCache:N0} + arena {memory.Arena:N0} + step inputs {memory.StepInputs:N0}\n");
        foreach (var tensor in rank.Tensors) output.WriteLine($"  0x{tensor.Offset:x10} {tensor.Bytes,14:N0}  {tensor.Name} : {tensor.Layout}");
        output.WriteLine($"\n  {rank.Launches.Count} launches in a step; with {step.Tokens} tokens of {step.Context / step.Tokens} keys each:\n");
        output.WriteLine($"  {"kernel",-58} {"launches",8} {"weights",11} {"activations",11} {"MFLOP",10}");
        var total = default(Cost);
        foreach (var launches in rank.Launches.GroupBy(k => k))
        {
            var cost = Times(CostOf(rank.Kernels[launches.Key], step), launches.Count());
            total += cost;
            WriteCost(output, rank.Kernels[launches.Key].Name, launches.Count(), cost);
        }
        WriteCost(output, "a step", rank.Launches.Count, total);
    }

    /// <summary>The head multiplies one row a sequence, not one a token.</summary>
    static Cost CostOf(KernelSpec spec, in StepSize step) => spec is GemmSpec { Gather: true } head ? head.Cost(step.Sequences) : spec.Cost(step);

    static Cost Times(Cost cost, int count) => new(cost.WeightBytes * count, cost.ActivationBytes * count, cost.Flops * count);

    static void WriteCost(TextWriter output, string name, int launches, Cost cost) => output.WriteLine(
        $"  {name,-58} {launches,8} {Sizes.Text(cost.WeightBytes),11} {Sizes.Text(cost.ActivationBytes),11} {cost.Flops / 1e6,10:0.0}");
}
