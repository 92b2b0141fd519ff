namespace Llmc.Testing;

/// <summary>
/// Text that was read and approved by a person. <c>LLMC_BLESS=1</c> rewrites it; an ordinary run never does.
/// </summary>
public static class Golden
{
    /// <summary>Compares <paramref name="actual"/> with <c>tests/goldens/NAME</c>, LF line ends; throws with the first line that differs.</summary>
    public static void Matches(string name, string actual)
    {
        var path = Repository.PathOf("tests", "goldens", name);
        actual = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("LLMC_BLESS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }
        if (!File.Exists(path)) throw new GoldenMismatchException($"no golden {path}; LLMC_BLESS=1 writes it");
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (expected == actual) return;
        var (was, now) = (expected.Split('\n'), actual.Split('\n'));
        var line = 0;
        while (line < was.Length && line < now.Length && was[line] == now[line]) line++;
        throw new GoldenMismatchException(
            $"{name}:{line + 1}:\n  golden: {(line < was.Length ? was[line] : "(end)")}\n  now:    {(line < now.Length ? now[line] : "(end)")}");
    }
}

/// <summary>The text differs from its golden, or there is no golden yet.</summary>
public sealed class GoldenMismatchException(string message) : Exception(message);
