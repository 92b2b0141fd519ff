using System.Runtime.CompilerServices;

namespace Llmc.Testing;

/// <summary>Where things stand in the checkout that the tests run in.</summary>
public static class Repository
{
    /// <summary>The folder of Compiler.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below the root, its parts joined.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    static string FindRoot([CallerFilePath] string here = "")
    {
        foreach (var start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(here)! })
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "Compiler.sln"))) return folder.FullName;
        throw new InvalidOperationException("no Compiler.sln above the test assembly");
    }
}
