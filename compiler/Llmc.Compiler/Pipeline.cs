using Llmc.Artifact;
using Llmc.Compiler.Passes;
using Llmc.Graph;
using Llmc.Kernels.Cpu;

namespace Llmc.Compiler;

/// <summary>One step of a build.</summary>
/// <param name="Name">The word in progress, dumps and errors.</param>
/// <param name="Why">The reason for its place in the list.</param>
/// <param name="Changes">The forms that it makes or changes: verified and dumped after it.</param>
sealed record Pass(string Name, string Why, Func<Compilation, Compilation> Run, Form Changes = Form.None);

/// <summary>From a checkpoint to an engine: the pass list, read from top to bottom.</summary>
public static class Pipeline
{
    static IReadOnlyList<Pass> InOrder =>
    [
        new("import", "a description of the model in our own vocabulary comes before everything that works on it", Import.Run, Form.Models),
        new("match", "what the description names and what the files hold must agree before any work is built on either", c =>
        {
            Match.Run(c.Model, c.Checkpoint);
            return c;
        }),
        new("shard", "dividing whole tensors is simple; dividing fused ones is not",
            c => c with { RankGraphs = Passes.Shard.Run(c.Model, c.Options.Plan) }, Form.Ranks),
        new("fold", "formats decide which linears may share a kernel, so they are chosen before fusing",
            c => c with { Formats = Fold.Run(c.Model, c.Options, tensor => c.Checkpoint.Tensors[tensor].DType) }),
        new("fuse", "local shapes and formats are known, and offsets do not matter yet",
            c => c with { Steps = [.. c.RankGraphs.Select(graph => Fuse.Run(graph, c.Formats, c.Limits))] }, Form.Steps),
        new("order", "what all layers share goes first, which can only be seen when every launch is known",
            c => c with { Steps = [.. c.Steps.Select(Order.Run)] }, Form.Steps),
        new("place", "the launches and their buffers are final; after this the memory of every rank is known to the byte", Placed, Form.Steps),
        new("render", "the shapes that kernels are specialised on are final",
            c => c with { Code = CpuCode.Assemble(c.Steps.SelectMany(s => s.Kernels)) }),
        new("emit", "offsets are constants in the rank programs", Emit.Run, Form.Programs),
        new("write", "last, so that a build that fails leaves nothing behind", Write.Run),
    ];

    /// <summary>Builds the engine that <paramref name="options"/> ask for and returns its manifest.</summary>
    /// <exception cref="LlmcException">The input is at fault.</exception>
    public static Manifest Build(BuildOptions options, IBuildProgress progress)
    {
        EngineOutput.RequireFree(options);
        var compilation = new Compilation(options, progress);
        foreach (var (index, pass) in InOrder.Index())
        {
            progress.PassStarted(pass.Name, index, InOrder.Count);
            compilation = pass.Run(compilation);
            Forms.Verify(pass, compilation);
            if (options.Dump is not null) Forms.Dump(options.Dump, index, pass, compilation);
        }
        return compilation.Manifest;
    }

    static Compilation Placed(Compilation c)
    {
        var placed = c with { Steps = [.. c.Steps.Select(Place.Run)] };
        c.Progress.MemoryPredicted([.. placed.Steps.Select(placed.MemoryOf)]);
        return placed;
    }
}
