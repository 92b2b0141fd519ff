using Llmc.Artifact;
using Llmc.Engine.Folder;

namespace Llmc.Engine.Tests;

public class EngineFolderTests
{
    [Fact]
    public void Opens_a_folder_that_is_what_its_manifest_says()
    {
        using var folder = new TemporaryFolder();
        var written = FakeEngine.WriteTo(folder.Path);
        Assert.Equal(written.ToJson(), EngineFolder.Open(folder.Path).Manifest.ToJson());
    }

    [Fact]
    public void Refuses_a_folder_without_a_manifest()
    {
        using var folder = new TemporaryFolder();
        AssertRefused($"LLMC0501: {folder.Path}: there is no engine.json here", folder);
    }

    [Theory]
    [InlineData("", "is not a complete manifest")]
    [InlineData("no json", "is not a complete manifest")]
    [InlineData("[]", "it has no format_version")]
    [InlineData("{}", "it has no format_version")]
    public void Refuses_a_manifest_that_is_none(string json, string complaint)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["engine.json"], json);
        AssertRefused($"LLMC0502: {folder["engine.json"]}: is not a complete manifest: ", folder, complaint);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public void Refuses_a_truncated_manifest(double share)
    {
        using var folder = new TemporaryFolder();
        var json = ManifestSeal.Seal(FakeEngine.WriteTo(folder.Path));
        File.WriteAllText(folder["engine.json"], json[..(int)(json.Length * share)]);
        AssertRefused("LLMC0502", folder);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("0")]
    [InlineData("\"one\"")]
    [InlineData("99999999999")]
    public void Refuses_another_format_version_whatever_else_the_manifest_says(string version)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["engine.json"], $$"""{"format_version": {{version}}, "strange": true}""");
        AssertRefused($"LLMC0503: {folder["engine.json"]}: format version is {version}, this runtime reads version 1", folder);
    }

    [Fact]
    public void Refuses_a_manifest_with_a_flipped_byte_wherever_it_is()
    {
        using var folder = new TemporaryFolder();
        FakeEngine.WriteTo(folder.Path);
        var intact = File.ReadAllBytes(folder["engine.json"]);
        for (var offset = 0; offset < intact.Length; offset += 7)
        {
            Flip(folder["engine.json"], offset);
            var failure = Assert.Throws<LlmcException>(() => ManifestFile.Read(folder.Path));
            Assert.Contains(failure.Diagnostic.Id, (string[])["LLMC0502", "LLMC0503", "LLMC0510"]);
            File.WriteAllBytes(folder["engine.json"], intact);
        }
    }

    [Fact]
    public void Refuses_a_manifest_that_was_edited()
    {
        using var folder = new TemporaryFolder();
        var json = ManifestSeal.Seal(FakeEngine.WriteTo(folder.Path));
        File.WriteAllText(folder["engine.json"], json.Replace("\"logits_offset\": 0", "\"logits_offset\": 64", StringComparison.Ordinal));
        AssertRefused($"LLMC0510: {folder["engine.json"]}: its last line should give SHA-256 ", folder);
    }

    [Fact]
    public void Refuses_a_manifest_without_what_it_must_have()
    {
        using var folder = new TemporaryFolder();
        var text = "{\n  \"format_version\": 1";
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
        File.WriteAllText(folder["engine.json"], $"{text},\n  \"sha256\": \"{hash}\"\n}}\n");
        AssertRefused("LLMC0502", folder, "missing required properties");
    }

    [Fact]
    public void Refuses_another_target()
    {
        using var folder = new TemporaryFolder();
        Rewrite(folder, m => m with { Target = "cuda:sm_90a" });
        AssertRefused($"LLMC0504: {folder["engine.json"]}: the engine is for target 'cuda:sm_90a', this runtime runs 'cpu'", folder);
    }

    [Fact]
    public void Names_a_missing_file()
    {
        using var folder = new TemporaryFolder();
        FakeEngine.WriteTo(folder.Path);
        File.Delete(folder["rank0.weights"]);
        AssertRefused($"LLMC0505: {folder["rank0.weights"]}: is missing, although engine.json lists it", folder);
    }

    [Fact]
    public void Names_a_truncated_file_with_both_sizes()
    {
        using var folder = new TemporaryFolder();
        FakeEngine.WriteTo(folder.Path);
        using (var file = File.OpenWrite(folder["rank0.weights"])) file.SetLength(999);
        AssertRefused($"LLMC0506: {folder["rank0.weights"]}: should have 1000 bytes but has 999", folder);
    }

    [Theory]
    [InlineData("rank0.weights", 0)]
    [InlineData("rank0.weights", 999)]
    [InlineData("rank0.dll", 500)]
    public void Names_a_file_with_a_flipped_byte(string name, int offset)
    {
        using var folder = new TemporaryFolder();
        FakeEngine.WriteTo(folder.Path);
        Flip(folder[name], offset);
        AssertRefused($"LLMC0507: {folder[name]}: SHA-256 should be ", folder);
    }

    [Fact]
    public void Weights_alone_may_go_unhashed()
    {
        using var folder = new TemporaryFolder();
        FakeEngine.WriteTo(folder.Path);
        Flip(folder["rank0.weights"], 10);
        EngineFolder.Open(folder.Path, verifyWeights: false);
        Flip(folder["rank0.dll"], 500);
        Assert.Throws<LlmcException>(() => EngineFolder.Open(folder.Path, verifyWeights: false));
    }

    public static TheoryData<string, Func<Manifest, Manifest>> Contradictions => new()
    {
        { "max_tokens should be at least 1 but is 0", m => m with { Limits = m.Limits with { MaxTokens = 0 } } },
        { "vocab_size should be at least 1 but is -1", m => m with { Model = m.Model with { VocabSize = -1 } } },
        { "plan.world should be at least 1 but is 0", m => m with { Plan = m.Plan with { World = 0 }, Ranks = [] } },
        { "the number of ranks should be 2 but is 1", m => m with { Plan = m.Plan with { World = 2 } } },
        { "ranks[0].rank should be 0 but is 3", m => m with { Ranks = [m.Ranks[0] with { Rank = 3 }] } },
        { "'other.dll' of rank 0 should be in the list of files", m => m with { Ranks = [m.Ranks[0] with { ProgramFile = "other.dll" }] } },
        { "ranks[0].memory.step_inputs should be ", m => m with { Limits = m.Limits with { MaxTokens = 999 } } },
        { "file '../secret' should be inside the folder but is outside", m => m with { Files = [.. m.Files, new("../secret", 1, "")] } },
        { "file '/etc/passwd' should be inside the folder but is outside", m => m with { Files = [.. m.Files, new("/etc/passwd", 1, "")] } },
    };

    [Theory, MemberData(nameof(Contradictions))]
    public void Refuses_a_manifest_that_contradicts_itself(string complaint, Func<Manifest, Manifest> change)
    {
        using var folder = new TemporaryFolder();
        Rewrite(folder, change);
        AssertRefused("LLMC0508", folder, complaint);
    }

    [Fact]
    public void Loads_the_program_of_a_rank_into_a_context_of_its_own()
    {
        using var folder = new TemporaryFolder();
        FakeEngine.WriteTo(folder.Path);
        var engine = EngineFolder.Open(folder.Path);
        var program = RankProgramLoader.Load(engine, engine.Manifest.Ranks[0]);
        Assert.Equal(typeof(FakeProgram).FullName, program.GetType().FullName);
        Assert.NotEqual(typeof(FakeProgram), program.GetType());
        Assert.Equal(Path.GetFullPath(folder["rank0.dll"]), program.GetType().Assembly.Location);
    }

    [Theory]
    [InlineData("Llmc.Generated.Rank0", "it has no such type")]
    [InlineData("Llmc.Engine.Tests.EngineFolderTests", "it is no IRankProgram")]
    public void Refuses_a_program_file_without_the_program(string type, string complaint)
    {
        using var folder = new TemporaryFolder();
        Rewrite(folder, m => m with { Ranks = [m.Ranks[0] with { ProgramType = type }] });
        var engine = EngineFolder.Open(folder.Path);
        var failure = Assert.Throws<LlmcException>(() => RankProgramLoader.Load(engine, engine.Manifest.Ranks[0]));
        Assert.Equal($"LLMC0509: {folder["rank0.dll"]}: should hold a program '{type}' but does not: {complaint}", failure.Message);
    }

    [Fact]
    public void Refuses_a_program_file_that_is_no_assembly()
    {
        using var folder = new TemporaryFolder();
        Rewrite(folder, m => m with { Ranks = [m.Ranks[0] with { ProgramFile = "rank0.weights" }] });
        var engine = EngineFolder.Open(folder.Path);
        Assert.StartsWith("LLMC0509", Assert.Throws<LlmcException>(() => RankProgramLoader.Load(engine, engine.Manifest.Ranks[0])).Message, StringComparison.Ordinal);
    }

    static void Rewrite(TemporaryFolder folder, Func<Manifest, Manifest> change) =>
        File.WriteAllText(folder["engine.json"], ManifestSeal.Seal(change(FakeEngine.WriteTo(folder.Path))));

    static void Flip(string path, int offset)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[offset] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }

    static void AssertRefused(string start, TemporaryFolder folder, string part = "")
    {
        var failure = Assert.Throws<LlmcException>(() => EngineFolder.Open(folder.Path));
        Assert.StartsWith(start, failure.Message, StringComparison.Ordinal);
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
    }
}
