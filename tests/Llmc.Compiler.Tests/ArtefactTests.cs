using System.Text.RegularExpressions;
using Llmc.Compiler;

namespace Llmc.Compiler.Tests;

/// <summary>What a build leaves behind, as people read it: the placed step, the C# of a rank, the manifest.</summary>
public class ArtefactTests : IDisposable
{
    readonly TemporaryFolder _dump = new();

    [Fact]
    public void The_artefacts_of_kjv_llama_at_tp_2_read_well()
    {
        using var engine = new BuiltEngine(Repository.PathOf("examples", "kjv-llama"), o => o with { Tp = 2, Dump = _dump.Path });
        Golden.Matches("forms/kjv-llama.tp2.rank0.step.txt", File.ReadAllText(_dump["06-place-rank0.txt"]));
        Golden.Matches("forms/kjv-llama.tp2.rank0.cs", File.ReadAllText(Path.Combine(engine.Path, "rank0.cs")));
        Golden.Matches("forms/kjv-llama.tp2.engine.json", WithoutHashes(engine.Manifest.ToJson()));
    }

    [Fact]
    public void The_step_of_a_mixture_of_experts_reads_well()
    {
        using var engine = new BuiltEngine(Repository.PathOf("tests", "goldens", "models", "qwen3-moe"), o => o with { Tp = 2, Ep = 2, Dump = _dump.Path });
        Golden.Matches("forms/qwen3-moe.tp2-ep2.rank1.step.txt", File.ReadAllText(_dump["06-place-rank1.txt"]));
    }

    [Fact]
    public void Layers_that_differ_in_kind_have_a_method_each()
    {
        using var engine = new BuiltEngine(Repository.PathOf("tests", "goldens", "models", "llama"));
        var source = File.ReadAllText(Path.Combine(engine.Path, "rank0.cs"));
        Assert.Single(Regex.Matches(source, "static void Layer"));
        Assert.DoesNotContain("LayerB", source);
    }

    /// <summary>Hashes and sizes of compiled files follow the SDK; what remains is ours.</summary>
    static string WithoutHashes(string json) => Regex.Replace(
        Regex.Replace(json, "\"sha256\": \"[0-9a-f]{64}\"", "\"sha256\": \"…\""), "(\"path\": \"[^\"]*\\.(?:dll|pdb|x64)\",\\s*\"bytes\": )\\d+", "$1…");

    public void Dispose() => _dump.Dispose();
}
