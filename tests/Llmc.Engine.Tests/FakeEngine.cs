using System.Security.Cryptography;
using Llmc.Artifact;

namespace Llmc.Engine.Tests;

/// <summary>Manifests and folders of an engine without kernels.</summary>
static class FakeEngine
{
    public static Limits Limits { get; } = new(MaxSequences: 4, MaxTokens: 16, MaxSequenceLength: 64, BlockSize: 4, Blocks: 64, MaxLogitsRows: 8);

    public static Manifest Manifest(Limits? limits = null, int ranks = 1) => new()
    {
        FormatVersion = Artifact.Manifest.CurrentFormat,
        Producer = "llmc 0.1.0",
        Target = "cpu",
        Model = new("fake", "FakeForCausalLM", 1, 8, FakeModel.VocabSize, 100, 64, null, [FakeModel.Eos]),
        Plan = new(ranks, ranks, 1),
        Numbers = new("float32", "float32", "float32"),
        Limits = limits ?? Limits,
        Ranks = [.. Enumerable.Range(0, ranks).Select(r => Rank(r, ranks, limits ?? Limits))],
        Code = [],
        Generation = new(),
        Files = [],
    };

    public static EngineCore Core(EngineOptions? options = null, Limits? limits = null, int ranks = 1)
    {
        var manifest = Manifest(limits, ranks);
        return new(manifest, [.. Enumerable.Range(0, ranks).Select(_ => new FakeRank(manifest))], options);
    }

    /// <summary>Writes a folder whose rank program is in this very assembly.</summary>
    public static Manifest WriteTo(string folder)
    {
        File.Copy(typeof(FakeProgram).Assembly.Location, Path.Combine(folder, "rank0.dll"));
        File.WriteAllBytes(Path.Combine(folder, "rank0.weights"), [.. Enumerable.Range(0, 1000).Select(i => (byte)i)]);
        var manifest = Manifest() with { Files = [Entry(folder, "rank0.dll"), Entry(folder, "rank0.weights")] };
        File.WriteAllText(Path.Combine(folder, Artifact.Manifest.FileName), ManifestSeal.Seal(manifest));
        return manifest;
    }

    static FileManifest Entry(string folder, string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(folder, name));
        return new(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    static RankManifest Rank(int rank, int world, Limits limits) => new()
    {
        Rank = rank,
        TpGroup = [.. Enumerable.Range(0, world)],
        ProgramFile = $"rank{rank}.dll",
        ProgramType = typeof(FakeProgram).FullName!,
        WeightsFile = $"rank{rank}.weights",
        Memory = new(1000, 0, 0, limits.StepInputBytes),
        Kv = new(0, DType.F32),
        LogitsOffset = 0,
        Kernels = [],
        Launches = [],
        Tensors = [],
    };
}

/// <summary>What a rank's assembly holds.</summary>
public sealed class FakeProgram : IRankProgram
{
    public void Run(ILauncher launcher, in RankMemory memory, in StepInput step)
    {
    }
}
