using Llmc.Artifact;
using Llmc.Checkpoints;

namespace Llmc.Models.Families;

/// <summary>Qwen 3 (Yang et al. 2025): each query and key head is normed before it is rotated.</summary>
static class Qwen3
{
    public static Decoder Describe(ModelConfig config)
    {
        var plain = Decoder.Of(config);
        return plain with { Attention = layer => plain.Attention(layer) with { QkNorm = plain.Norm } };
    }
}
