using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Graph;

namespace Llmc.Models;

/// <summary>A router that sends each token to a few gated MLPs (Shazeer et al. 2017; Jiang et al., Mixtral of experts, 2024).</summary>
/// <param name="Router">How experts are chosen from the router's logits.</param>
sealed record SparseMoe(int HiddenSize, int NumExperts, int ExpertIntermediateSize, Artifact.Activation Activation, RouteOp Router) : IFeedForward
{
    /// <summary>The module's name in the layer.</summary>
    public string Name { get; init; } = "mlp";

    /// <summary>The names of an expert's matrices.</summary>
    public (string Gate, string Up, string Down) Matrices { get; init; } = ("gate_proj", "up_proj", "down_proj");

    /// <summary>As config.json says: the best by softmax.</summary>
    public static SparseMoe Of(ModelConfig config, MoeConfig moe) => new(
        config.HiddenSize, moe.NumExperts, moe.ExpertIntermediateSize, config.Activation.ToArtifact(),
        new(moe.ExpertsPerToken, RouterScore.Softmax, moe.NormalizeTopK));

    public Value Write(Module layer, Value x)
    {
        var (module, matrices) = (layer[Name], layer[Name]["experts"]);
        var routing = module.Lines.Route(module.Linear(x, "gate", NumExperts, HiddenSize), Router);
        var (experts, width) = (new Axis("experts", NumExperts, Mesh: Mesh.Ep), new Axis("expert_ffn", ExpertIntermediateSize, Mesh: Mesh.ExpertTp));
        return matrices.Lines.Experts(
            x, routing, matrices.Experts(Matrices.Gate, experts, width, HiddenSize), matrices.Experts(Matrices.Up, experts, width, HiddenSize),
            matrices.Experts(Matrices.Down, experts, HiddenSize, width), Activation);
    }
}
