using Llmc.Checkpoints;

namespace Llmc.Models.Families;

/// <summary>Qwen 3 with experts in most layers and a dense MLP in the others.</summary>
static class Qwen3Moe
{
    public static Decoder Describe(ModelConfig config)
    {
        var (dense, moe) = (Qwen3.Describe(config), config.RequireMoe());
        return dense with { FeedForward = layer => moe.HasExperts(layer) ? SparseMoe.Of(config, moe) : dense.FeedForward(layer) };
    }
}
