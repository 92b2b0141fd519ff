using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>Where the weights of a checkpoint folder stand: one file, or shards with an index.</summary>
sealed record WeightFiles(string Folder, bool IsSharded)
{
    const string Single = "model.safetensors";
    const string Index = "model.safetensors.index.json";

    /// <summary>Looks into the folder without opening anything; where both layouts are present the single file counts.</summary>
    internal static WeightFiles Find(string folder)
    {
        if (!Directory.Exists(folder)) throw NotAFolder(folder);
        if (File.Exists(Path.Combine(folder, Single))) return new(folder, IsSharded: false);
        if (File.Exists(Path.Combine(folder, Index))) return new(folder, IsSharded: true);
        RefuseOtherFormats(Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal));
        throw Diagnostics.WeightsMissing.With(folder);
    }

    /// <summary>Opens the one file, or every shard.</summary>
    internal IReadOnlyList<SafetensorsFile> Open() => IsSharded
        ? ShardIndex.Read(Path.Combine(Folder, Index)).Open()
        : [SafetensorsFile.Open(Path.Combine(Folder, Single))];

    static LlmcException NotAFolder(string path)
    {
        if (!File.Exists(path)) return Diagnostics.CheckpointUnreadable.With(path, "there is no such folder.");
        RefuseOtherFormats([path]);
        return Diagnostics.CheckpointUnreadable.With(path, "is a file; name the folder of the checkpoint.");
    }

    static void RefuseOtherFormats(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var extension = Path.GetExtension(path).ToLowerInvariant();
            if (extension == ".gguf") throw Diagnostics.GgufRefused.With(path);
            if (extension is ".bin" or ".pt" or ".pth" or ".ckpt" or ".pkl") throw Diagnostics.PickleRefused.With(path);
        }
    }
}
