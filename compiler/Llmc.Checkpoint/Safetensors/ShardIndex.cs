using System.Text.Json;
using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>model.safetensors.index.json: which shard holds each tensor.</summary>
sealed class ShardIndex
{
    const string ShardExtension = ".safetensors";

    readonly string path;

    /// <summary>Tensors by shard.</summary>
    readonly Dictionary<string, List<string>> shards = new(StringComparer.Ordinal);

    ShardIndex(string path) => this.path = path;

    internal static ShardIndex Read(string path)
    {
        try
        {
            var index = new ShardIndex(path);
            index.Parse(Reading.AllOrNone(path));
            return index.shards.Count > 0 ? index : throw Diagnostics.IndexContent.With(path, "it has none, or an empty one");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Diagnostics.IndexContent.Because(e, path, e.Message.TrimEnd('.'));
        }
    }

    /// <summary>Opens every shard that the index names, by name, and checks that each holds its tensors.</summary>
    internal IReadOnlyList<SafetensorsFile> Open() =>
    [
        .. shards.OrderBy(shard => shard.Key, StringComparer.Ordinal).Select(shard => OpenShard(shard.Key, shard.Value)),
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

    void Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("it is no JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("weight_map"u8)) reader.Skip();
            else ParseWeightMap(ref reader);
        }
        reader.Read(); // Throws where anything follows.
    }

    void ParseWeightMap(ref Utf8JsonReader reader)
    {
        var tensors = new HashSet<string>(StringComparer.Ordinal);
        if (shards.Count > 0 || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("weight_map is no JSON object, or stands there twice");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var tensor = reader.GetString()!;
            if (!tensors.Add(tensor)) throw new JsonException($"tensor '{tensor}' stands there twice");
            Add(tensor, ShardName(ref reader, tensor));
        }
    }

    void Add(string tensor, string shard)
    {
        if (!shards.TryGetValue(shard, out var tensors)) shards.Add(shard, tensors = []);
        tensors.Add(tensor);
    }

    SafetensorsFile OpenShard(string name, List<string> tensors)
    {
        var shardPath = Path.Combine(Path.GetDirectoryName(path)!, name);
        if (!File.Exists(shardPath)) throw Diagnostics.ShardMissing.With(path, name, tensors.Count);
        var shard = SafetensorsFile.Open(shardPath);
        var missing = tensors.FirstOrDefault(tensor => !shard.Tensors.ContainsKey(tensor));
        return missing is null ? shard : throw Diagnostics.ShardTensorMissing.With(path, missing, name);
    }

    /// <summary>Refuses names that could lead out of the folder (<c>../x</c>, <c>/x</c>, <c>C:x</c>), on every system.</summary>
    string ShardName(ref Utf8JsonReader reader, string tensor)
    {
        var name = reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : $"({reader.TokenType})";
        var isPlain = name.EndsWith(ShardExtension, StringComparison.Ordinal) && name.AsSpan().IndexOfAny("/\\:\0") < 0;
        return isPlain ? name : throw Diagnostics.ShardName.With(path, tensor, name);
    }
}
