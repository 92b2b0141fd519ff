using Llmc.Checkpoints;

namespace Llmc.Models.Families;

/// <summary>Mistral 7B (Jiang et al. 2023): Llama without biases; every layer slides where the config has a window.</summary>
static class Mistral
{
    public static Decoder Describe(ModelConfig config) => Decoder.Of(config with { AttentionBias = false, MlpBias = false });
}
