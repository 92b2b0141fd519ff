using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Generators;
using Llmc.Graph;
using Llmc.Kernels.Cpu;

namespace Llmc.Compiler;

/// <summary>What is known so far about a build; each pass returns it with its own results added.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Progress">Who is told how far it is.</param>
sealed record Compilation(BuildOptions Options, IBuildProgress Progress)
{
    /// <summary>From <c>import</c>.</summary>
    public Checkpoint Checkpoint { get => field ?? throw NotYet("import"); init; }

    /// <summary>From <c>import</c>.</summary>
    public ModelGraph Model { get => field ?? throw NotYet("import"); init; }

    /// <summary>From <c>import</c>.</summary>
    public Limits Limits { get => field ?? throw NotYet("import"); init; }

    /// <summary>From <c>shard</c>: one a rank.</summary>
    public IReadOnlyList<RankGraph> RankGraphs { get; init; } = [];

    /// <summary>From <c>fold</c>.</summary>
    public NumberFormats Formats { get => field ?? throw NotYet("fold"); init; }

    /// <summary>From <c>fuse</c>, then <c>place</c>: one a rank.</summary>
    public IReadOnlyList<StepProgram> Steps { get; init; } = [];

    /// <summary>From <c>render</c>.</summary>
    public IReadOnlyList<CpuCodeFile> Code { get; init; } = [];

    /// <summary>From <c>emit</c>: one a rank.</summary>
    public IReadOnlyList<RankAssembly> Programs { get; init; } = [];

    /// <summary>From <c>write</c>.</summary>
    public Manifest Manifest { get => field ?? throw NotYet("write"); init; }

    /// <summary>Parameters of the model, tied ones once.</summary>
    public long Parameters => Model.Nodes.SelectMany(n => n.Weights).Select(w => w.Weight).Where(w => w.Constant is null).Distinct()
        .Sum(w => (long)w.Experts * w.Rows * w.Columns);

    /// <summary>The whole memory of a placed rank.</summary>
    public MemoryManifest MemoryOf(StepProgram step) => new(
        step.Placement!.WeightBytes, step.Placement.BlockBytes * Limits.Blocks, step.Placement.ArenaBytes, Limits.StepInputBytes);

    static InvalidOperationException NotYet(string pass) => new($"a pass asks for what '{pass}' makes, but stands before it");
}
