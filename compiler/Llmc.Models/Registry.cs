using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Graph;
using Llmc.Models.Families;

namespace Llmc.Models;

/// <summary>The model families, by the class name that config.json gives.</summary>
public static class Registry
{
    static Dictionary<string, Func<ModelConfig, Decoder>> Families { get; } = new()
    {
        ["LlamaForCausalLM"] = Llama.Describe,
        ["MistralForCausalLM"] = Mistral.Describe,
        ["MixtralForCausalLM"] = Mixtral.Describe,
        ["Qwen2ForCausalLM"] = Qwen2.Describe,
        ["Qwen3ForCausalLM"] = Qwen3.Describe,
        ["Qwen3MoeForCausalLM"] = Qwen3Moe.Describe,
    };

    /// <summary>Class names that can be built, in order.</summary>
    public static IReadOnlyList<string> Architectures { get; } = [.. Families.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What the model computes, its activations of type <paramref name="type"/>, its weights bound to tensors.</summary>
    /// <param name="folder">The checkpoint's folder: its name becomes the model's.</param>
    /// <exception cref="LlmcException">LLMC0230 for a family that is not known, LLMC0231 and LLMC0232 for facts that a family cannot work with.</exception>
    public static ModelGraph Build(ModelConfig config, string folder, DType type)
    {
        var architecture = config.Architectures is [var first, ..] ? first : "";
        if (!Families.TryGetValue(architecture, out var describe))
            throw Diagnostics.ArchitectureUnknown.With(Path.Combine(folder, "config.json"), architecture, string.Join(", ", Architectures));
        return describe(config).Build(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), type);
    }
}
