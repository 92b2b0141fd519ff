using System.Xml.Linq;

namespace Llmc.Compiler.Tests;

/// <summary>Arrows between rooms go one way, and only the ones that are drawn in the README.</summary>
public class LayeringTests
{
    static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Llmc.Artifact"] = [],
        ["Llmc.Cpu"] = ["Llmc.Artifact"],
        ["Llmc.Scheduling"] = ["Llmc.Artifact"],
        ["Llmc.Engine"] = ["Llmc.Artifact", "Llmc.Cpu", "Llmc.Scheduling"],
        ["Llmc.Text"] = ["Llmc.Artifact"],
        ["Llmc.Checkpoint"] = ["Llmc.Artifact"],
        ["Llmc.Graph"] = ["Llmc.Artifact"],
        ["Llmc.Models"] = ["Llmc.Checkpoint", "Llmc.Graph"],
        ["Llmc.Kernels"] = ["Llmc.Artifact"],
        ["Llmc.Generators"] = ["Llmc.Graph"],
        ["Llmc.Compiler"] = ["Llmc.Generators", "Llmc.Graph", "Llmc.Kernels", "Llmc.Models"],
        ["llmc"] = ["Llmc.Compiler", "Llmc.Engine", "Llmc.Text"],
    };

    static readonly Dictionary<string, string[]> Packages = new()
    {
        ["Llmc.Text"] = ["Microsoft.ML.Tokenizers"],
        ["Llmc.Kernels"] = ["Iced"],
        ["Llmc.Generators"] = ["Microsoft.CodeAnalysis.CSharp"],
        ["llmc"] = ["Spectre.Console", "System.CommandLine"],
    };

    public static TheoryData<string> Rooms => [.. ProjectFiles.Keys.Order(StringComparer.Ordinal)];

    static IReadOnlyDictionary<string, string> ProjectFiles { get; } =
        new[] { "compiler", "runtime", "generators" }
            .SelectMany(top => Directory.EnumerateFiles(Repository.PathOf(top), "*.csproj", SearchOption.AllDirectories))
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path));

    [Fact]
    public void Every_room_stands_in_the_table() => Assert.Equal(Arrows.Keys.Order(), ProjectFiles.Keys.Order());

    [Theory, MemberData(nameof(Rooms))]
    public void A_room_references_what_the_table_allows_and_nothing_else(string room) =>
        Assert.Equal(Arrows[room].Order(), Items(room, "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p)!).Order());

    [Theory, MemberData(nameof(Rooms))]
    public void A_room_uses_its_own_packages_and_no_other(string room) =>
        Assert.Equal(Packages.GetValueOrDefault(room, []).Order(), Items(room, "PackageReference").Order());

    [Fact]
    public void Nothing_in_runtime_references_compiler_or_generators()
    {
        var runtime = ProjectFiles.Where(p => p.Value.StartsWith(Repository.PathOf("runtime"), StringComparison.Ordinal)).Select(p => p.Key).ToHashSet();
        Assert.All(runtime, room => Assert.Subset(runtime, Arrows[room].ToHashSet()));
    }

    [Theory, MemberData(nameof(Rooms))]
    public void Native_functions_are_imported_in_the_rooms_for_it_alone(string room)
    {
        var imports = Directory.EnumerateFiles(Path.GetDirectoryName(ProjectFiles[room])!, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path) is var text && (text.Contains("[LibraryImport", StringComparison.Ordinal) || text.Contains("[DllImport", StringComparison.Ordinal)))
            .Select(path => $"{room}/{Path.GetFileName(path)}");
        Assert.Subset(new HashSet<string> { "Llmc.Cpu/NativeMemory.cs" }, imports.ToHashSet());
    }

    static IEnumerable<string> Items(string room, string kind) =>
        XDocument.Load(ProjectFiles[room]).Descendants(kind).Select(e => e.Attribute("Include")!.Value);
}
