using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>
/// A Hugging Face checkpoint: a folder of config.json, optionally generation_config.json, and safetensors files.
/// Opening reads headers only, so its time depends on the number of tensors and not on their size. Code that a checkpoint
/// carries (<c>auto_map</c>, <c>*.py</c>) is neither read nor run.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    readonly IReadOnlyList<SafetensorsFile> shards;

    Checkpoint(string folder, ModelConfig config, GenerationConfig generation, IReadOnlyList<SafetensorsFile> shards)
    {
        (Folder, Config, Generation, this.shards) = (folder, config, generation, shards);
        Tensors = shards is [var only] ? only.Tensors : ShardIndex.Merge(shards);
    }

    /// <summary>The folder as the caller named it.</summary>
    public string Folder { get; }

    /// <summary>What config.json says of the model, quantization included.</summary>
    public ModelConfig Config { get; }

    /// <summary>What generation_config.json suggests to samplers.</summary>
    public GenerationConfig Generation { get; }

    /// <summary>Every tensor of every shard by name. Their bytes can be read until the checkpoint is disposed.</summary>
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors { get; }

    /// <summary>Opens the checkpoint in <paramref name="folder"/>.</summary>
    /// <exception cref="LlmcException">LLMC01xx for its weights, LLMC02xx for its configuration.</exception>
    public static Checkpoint Open(string folder)
    {
        var weights = WeightFiles.Find(folder);
        var config = ModelConfig.Read(folder);
        var generation = GenerationConfig.Read(folder, config);
        return new(folder, config, generation, weights.Open());
    }

    /// <summary>Closes files and mappings; spans taken from tensors are invalid from here on.</summary>
    public void Dispose()
    {
        foreach (var shard in shards) shard.Dispose();
    }
}
