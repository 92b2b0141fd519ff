using System.Text.Json;
using Llmc.Artifact;

namespace Llmc.Engine.Folder;

/// <summary><c>engine.json</c> as it is found on disk, checked before anything depends on it.</summary>
static class ManifestFile
{
    /// <summary>What this runtime runs on.</summary>
    public const string Target = "cpu";

    /// <summary>Reads the manifest of an engine folder.</summary>
    /// <exception cref="LlmcException">LLMC0501 no such file, LLMC0502 not a manifest, LLMC0503 other format version, LLMC0504 other target, LLMC0508 values that contradict each other, LLMC0510 changed.</exception>
    public static Manifest Read(string folder)
    {
        var path = Path.Combine(folder, Manifest.FileName);
        if (!File.Exists(path)) throw Diagnostics.NoEngine.With(folder, Manifest.FileName);
        var manifest = Parse(path, File.ReadAllBytes(path));
        if (manifest.Target != Target) throw Diagnostics.TargetDiffers.With(path, manifest.Target, Target);
        RequireConsistent(path, manifest);
        return manifest;
    }

    static Manifest Parse(string path, byte[] json)
    {
        try
        {
            // Another version may differ in everything but this one number, so it is read first.
            using (var document = JsonDocument.Parse(json)) RequireVersion(path, document.RootElement);
            RequireIntact(path, json);
            return JsonSerializer.Deserialize(json, ManifestJson.Default.Manifest)!;
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw Diagnostics.ManifestUnreadable.Because(failure, path, failure.Message);
        }
    }

    static void RequireVersion(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format_version", out var version))
            throw Diagnostics.ManifestUnreadable.With(path, "it has no format_version");
        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != Manifest.CurrentFormat)
            throw Diagnostics.FormatVersionDiffers.With(path, version.GetRawText(), Manifest.CurrentFormat);
    }

    static void RequireIntact(string path, byte[] json)
    {
        var (found, expected) = ManifestSeal.Read(json);
        if (found != expected) throw Diagnostics.ManifestChanged.With(path, found, expected);
    }

    static void RequireConsistent(string path, Manifest manifest)
    {
        RequirePositive(path, manifest.Limits, manifest.Model.VocabSize);
        var world = manifest.Plan.World;
        if (world < 1) throw Diagnostics.ManifestInconsistent.With(path, "plan.world", "at least 1", world);
        if (manifest.Ranks.Count != world) throw Diagnostics.ManifestInconsistent.With(path, "the number of ranks", world, manifest.Ranks.Count);
        var inputs = manifest.Limits.StepInputBytes;
        var files = manifest.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < world; i++)
        {
            var rank = manifest.Ranks[i];
            if (rank.Rank != i) throw Diagnostics.ManifestInconsistent.With(path, $"ranks[{i}].rank", i, rank.Rank);
            foreach (var file in (string[])[rank.ProgramFile, rank.WeightsFile])
                if (!files.Contains(file)) throw Diagnostics.ManifestInconsistent.With(path, $"'{file}' of rank {i}", "in the list of files", "not there");
            if (rank.Memory.StepInputs != inputs)
                throw Diagnostics.ManifestInconsistent.With(path, $"ranks[{i}].memory.step_inputs", inputs, rank.Memory.StepInputs);
        }
    }

    static void RequirePositive(string path, Limits limits, int vocabSize)
    {
        (string Name, int Value)[] values =
        [
            ("max_sequences", limits.MaxSequences), ("max_tokens", limits.MaxTokens), ("max_sequence_length", limits.MaxSequenceLength),
            ("block_size", limits.BlockSize), ("blocks", limits.Blocks), ("max_logits_rows", limits.MaxLogitsRows), ("vocab_size", vocabSize),
        ];
        foreach (var (name, value) in values)
            if (value < 1) throw Diagnostics.ManifestInconsistent.With(path, name, "at least 1", value);
    }
}
