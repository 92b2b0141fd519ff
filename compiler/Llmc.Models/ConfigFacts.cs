using Llmc.Artifact;
using Llmc.Checkpoints;

namespace Llmc.Models;

/// <summary>Facts of a config, in the words of the graph.</summary>
static class ConfigFacts
{
    /// <summary>The experts of a family that has them.</summary>
    /// <exception cref="LlmcException">LLMC0232 where the config is silent about them.</exception>
    public static MoeConfig RequireMoe(this ModelConfig config) =>
        config.Moe ?? throw Diagnostics.ExpertsMissing.With(config.Architectures[0], config.ModelType);

    public static Artifact.Activation ToArtifact(this Checkpoints.Activation activation) => activation switch
    {
        Checkpoints.Activation.Silu => Artifact.Activation.Silu,
        Checkpoints.Activation.Gelu => Artifact.Activation.Gelu,
        Checkpoints.Activation.GeluTanh => Artifact.Activation.GeluTanh,
        Checkpoints.Activation.Relu => Artifact.Activation.Relu,
        _ => Artifact.Activation.Relu2,
    };
}
