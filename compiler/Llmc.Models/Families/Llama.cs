using Llmc.Checkpoints;

namespace Llmc.Models.Families;

/// <summary>Llama 1 to 3 (Touvron et al. 2023): the plain decoder.</summary>
static class Llama
{
    public static Decoder Describe(ModelConfig config) => Decoder.Of(config);
}
