using Llmc.Artifact;
using Llmc.Compiler.Passes;

namespace Llmc.Compiler;

/// <summary>One step of a build.</summary>
/// <param name="Name">The word in progress, dumps and errors.</param>
/// <param name="Why">The reason for its place in the list.</param>
/// <param name="Dump">File name and text of the forms that it changed.</param>
sealed record Pass(
    string Name, string Why, Func<Compilation, Compilation> Run, Func<Compilation, IEnumerable<(string File, string Text)>>? Dump = null);

/// <summary>From a checkpoint to an engine: the pass list, read from top to bottom.</summary>
public static class Pipeline
{
    static IReadOnlyList<Pass> Passes =>
    [
        new("import", "a description of the model in our own vocabulary comes before everything that works on it", Import.Run, ModelText),
        new("match", "what the description names and what the files hold must agree before any work is built on either", Match.Run),
        new("shard", "dividing whole tensors is simple; dividing fused ones is not", Shard.Run, RankText),
        new("fold", "formats decide which linears may share a kernel, so they are chosen before fusing", Fold.Run),
        new("fuse", "local shapes and formats are known, and offsets do not matter yet", Fuse.Run, StepText),
        new("place", "the launches and their buffers are final; after this the memory of every rank is known to the byte", Place.Run, StepText),
        new("render", "the shapes that kernels are specialised on are final", Render.Run),
        new("emit", "offsets are constants in the rank programs", Emit.Run, ProgramText),
        new("write", "last, so that a build that fails leaves nothing behind", Write.Run),
    ];

    /// <summary>Builds the engine that <paramref name="options"/> ask for and returns its manifest.</summary>
    /// <exception cref="LlmcException">The input is at fault.</exception>
    public static Manifest Build(BuildOptions options, IBuildProgress progress)
    {
        EngineOutput.RequireFree(options);
        var compilation = new Compilation(options, progress);
        foreach (var (index, pass) in Passes.Index())
        {
            progress.PassStarted(pass.Name, index, Passes.Count);
            compilation = pass.Run(compilation);
            if (options.Dump is not null && pass.Dump is not null) WriteDump(options.Dump, index, pass, compilation);
        }
        return compilation.Manifest;
    }

    static void WriteDump(string folder, int index, Pass pass, Compilation compilation)
    {
        Directory.CreateDirectory(folder);
        foreach (var (file, text) in pass.Dump!(compilation))
            File.WriteAllText(Path.Combine(folder, $"{index:00}-{pass.Name}-{file}"), text);
    }

    static IEnumerable<(string, string)> ModelText(Compilation c) => [("model.txt", c.Model.ToText())];

    static IEnumerable<(string, string)> RankText(Compilation c) => c.RankGraphs.Select(g => ($"rank{g.Rank}.txt", g.ToText()));

    static IEnumerable<(string, string)> StepText(Compilation c) => c.Steps.Select(s => ($"rank{s.Rank}.txt", s.ToText()));

    static IEnumerable<(string, string)> ProgramText(Compilation c) => c.Programs.Select(p => ($"{p.Name}.cs", p.Source));
}
