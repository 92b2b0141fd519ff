using System.Diagnostics;
using Llmc.Artifact;

namespace Llmc.Text.Tests;

public class NormalizationTests
{
    // Invariant globalization is decided when a process starts, so this needs one of its own: this assembly, asked to run
    // the one test below with the switch on.
    [Fact]
    public void A_process_that_cannot_normalize_refuses_instead_of_leaving_text_as_it_is()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["--filter-method", $"{typeof(NormalizationTests).FullName}.{nameof(Under_invariant_globalization_normalizers_are_refused)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1", ["LLMC_TEST_INVARIANT"] = "1" },
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Insert(0, typeof(NormalizationTests).Assembly.Location);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }

    [Fact]
    public void Under_invariant_globalization_normalizers_are_refused()
    {
        ReadOnlySpan<byte> json = """{"normalizer": {"type": "NFC"}, "model": {"type": "WordLevel", "vocab": {"a": 0}}}"""u8;
        if (Environment.GetEnvironmentVariable("LLMC_TEST_INVARIANT") != "1")
        {
            Assert.NotNull(HuggingFaceTokenizer.Parse(json));
            return;
        }
        try
        {
            HuggingFaceTokenizer.Parse(json);
            Assert.Fail("nothing was refused");
        }
        catch (LlmcException refusal)
        {
            Assert.Equal(Diagnostics.NormalizationUnavailable, refusal.Diagnostic);
        }
    }
}
