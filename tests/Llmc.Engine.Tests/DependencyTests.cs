using System.Reflection;

namespace Llmc.Engine.Tests;

public class DependencyTests
{
    [Fact]
    public void The_runtime_needs_no_assembly_beyond_its_own_rooms_and_the_framework()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var found = new HashSet<string>();
        Visit(typeof(InferenceEngine).Assembly, framework, found);
        Assert.Equal(["Llmc.Artifact", "Llmc.Cpu", "Llmc.Engine", "Llmc.Scheduling"], found.Order(StringComparer.Ordinal));
    }

    static void Visit(Assembly assembly, string framework, HashSet<string> found)
    {
        if (Path.GetDirectoryName(assembly.Location) == framework || !found.Add(assembly.GetName().Name!)) return;
        foreach (var reference in assembly.GetReferencedAssemblies()) Visit(Assembly.Load(reference), framework, found);
    }
}
