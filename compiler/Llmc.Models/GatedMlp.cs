using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Graph;

namespace Llmc.Models;

/// <summary>down(act(gate x) · up x) (Shazeer, GLU variants improve transformer, 2020).</summary>
sealed record GatedMlp(int HiddenSize, int IntermediateSize, Artifact.Activation Activation, bool Bias) : IFeedForward
{
    /// <summary>As config.json says.</summary>
    public static GatedMlp Of(ModelConfig config) =>
        new(config.HiddenSize, config.IntermediateSize, config.Activation.ToArtifact(), config.MlpBias);

    public Value Write(Module layer, Value x)
    {
        var (module, width) = (layer["mlp"], new Axis("ffn", IntermediateSize));
        var gate = module.Linear(x, "gate_proj", width, HiddenSize, Bias);
        var up = module.Linear(x, "up_proj", width, HiddenSize, Bias);
        return module.Linear(module.Lines.Gated(gate, up, Activation), "down_proj", HiddenSize, width, Bias);
    }
}
