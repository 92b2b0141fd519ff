using System.Text.Json;
using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>model.safetensors.index.json: which shard holds each tensor.</summary>
sealed class ShardIndex
{
    const string ShardExtension = ".safetensors";

    readonly string path;
    readonly Dictionary<string, string> shardOf = new(StringComparer.Ordinal);

    ShardIndex(string path, JsonElement weightMap)
    {
        this.path = path;
        foreach (var entry in weightMap.EnumerateObject())
            shardOf.Add(entry.Name, RequireShardName(entry));
        if (shardOf.Count == 0) throw Diagnostics.IndexContent.With(path, "it is empty");
    }

    internal static ShardIndex Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(Reading.AllOrNone(path), new() { AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
                throw Diagnostics.IndexContent.With(path, "has none");
            return new(path, map);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Diagnostics.IndexContent.Because(e, path, $"is not JSON: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Opens every shard that the index names, in the order of their names, and checks that each holds its tensors.</summary>
    internal IReadOnlyList<SafetensorsFile> Open() =>
    [
        .. shardOf.GroupBy(entry => entry.Value, entry => entry.Key)
            .OrderBy(shard => shard.Key, StringComparer.Ordinal)
            .Select(shard => OpenShard(shard.Key, shard)),
    ];

    /// <summary>The tensors of all shards; none may stand in two.</summary>
    internal static Dictionary<string, CheckpointTensor> Merge(IReadOnlyList<SafetensorsFile> shards)
    {
        var tensors = new Dictionary<string, CheckpointTensor>(StringComparer.Ordinal);
        foreach (var tensor in shards.SelectMany(shard => shard.Tensors.Values))
            if (!tensors.TryAdd(tensor.Name, tensor))
                throw Diagnostics.TensorDuplicate.With(tensor.File, tensor.Name, Path.GetFileName(tensors[tensor.Name].File));
        return tensors;
    }

    SafetensorsFile OpenShard(string name, IEnumerable<string> tensors)
    {
        var shardPath = Path.Combine(Path.GetDirectoryName(path)!, name);
        if (!File.Exists(shardPath)) throw Diagnostics.ShardMissing.With(path, name, tensors.Count());
        var shard = SafetensorsFile.Open(shardPath);
        var missing = tensors.FirstOrDefault(tensor => !shard.Tensors.ContainsKey(tensor));
        return missing is null ? shard : throw Diagnostics.ShardTensorMissing.With(path, missing, name);
    }

    /// <summary>A name that could lead out of the folder (<c>../x</c>, <c>/x</c>, <c>C:x</c>) is refused on every system.</summary>
    string RequireShardName(JsonProperty entry)
    {
        if (entry.Value.ValueKind != JsonValueKind.String) throw Diagnostics.ShardName.With(path, entry.Name, entry.Value.GetRawText());
        var name = entry.Value.GetString()!;
        var isPlain = name.EndsWith(ShardExtension, StringComparison.Ordinal) && name.AsSpan().IndexOfAny("/\\:\0") < 0;
        return isPlain ? name : throw Diagnostics.ShardName.With(path, entry.Name, name);
    }
}
