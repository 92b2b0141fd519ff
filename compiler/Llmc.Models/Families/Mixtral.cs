using Llmc.Checkpoints;

namespace Llmc.Models.Families;

/// <summary>Mixtral (Jiang et al. 2024): Mistral with experts in every layer, whose chosen shares sum to 1.</summary>
static class Mixtral
{
    public static Decoder Describe(ModelConfig config)
    {
        var experts = SparseMoe.Of(config, config.RequireMoe());
        return Mistral.Describe(config) with
        {
            FeedForward = _ => experts with
            {
                Name = "block_sparse_moe",
                Matrices = ("w1", "w3", "w2"),
                Router = experts.Router with { Normalize = true },
            },
        };
    }
}
