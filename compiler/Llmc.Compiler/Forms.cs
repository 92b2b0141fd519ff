using Llmc.Graph;

namespace Llmc.Compiler;

/// <summary>What a pass leaves behind for people and for the verifier.</summary>
enum Form { None, Models, Ranks, Steps, Programs }

/// <summary>The forms of a compilation: each prints and checks itself.</summary>
static class Forms
{
    /// <summary>Checks what a pass changed, so that a pass that breaks a rule is named at once.</summary>
    public static void Verify(Pass pass, Compilation c)
    {
        try
        {
            if (pass.Changes == Form.Models) c.Model.Verify();
            if (pass.Changes == Form.Ranks) foreach (var graph in c.RankGraphs) graph.Verify();
            if (pass.Changes == Form.Steps) foreach (var step in c.Steps) step.Verify();
        }
        catch (GraphException broken)
        {
            throw new GraphException($"after pass '{pass.Name}': {broken.Message}");
        }
    }

    /// <summary>Writes what a pass changed: <c>04-fuse-rank0.txt</c>.</summary>
    public static void Dump(string folder, int index, Pass pass, Compilation c)
    {
        Directory.CreateDirectory(folder);
        foreach (var (file, text) in Texts(pass.Changes, c)) File.WriteAllText(Path.Combine(folder, $"{index:00}-{pass.Name}-{file}"), text);
    }

    static IEnumerable<(string File, string Text)> Texts(Form form, Compilation c) => form switch
    {
        Form.Models => [("model.txt", c.Model.ToText())],
        Form.Ranks => c.RankGraphs.Select(g => ($"rank{g.Rank}.txt", g.ToText())),
        Form.Steps => c.Steps.Select(s => ($"rank{s.Rank}.txt", s.ToText())),
        Form.Programs => c.Programs.Select(p => ($"{p.Name}.cs", p.Source)),
        _ => [],
    };
}
