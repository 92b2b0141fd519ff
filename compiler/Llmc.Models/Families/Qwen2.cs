using Llmc.Checkpoints;

namespace Llmc.Models.Families;

/// <summary>Qwen 2 and 2.5 (Yang et al. 2024): biases on queries, keys and values.</summary>
static class Qwen2
{
    public static Decoder Describe(ModelConfig config) => Decoder.Of(config) with
    {
        Attention = layer => SelfAttention.Of(config, layer) with { QkvBias = true, OutputBias = false },
    };
}
