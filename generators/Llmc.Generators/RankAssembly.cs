using System.Collections.Immutable;
using System.Text;
using Llmc.Artifact;
using Llmc.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Llmc.Generators;

/// <summary>A rank's program as source and as assembly; equal steps give equal bytes.</summary>
/// <param name="TypeName">Full name of the <see cref="IRankProgram"/>.</param>
public sealed record RankAssembly(int Rank, string Source, ImmutableArray<byte> Assembly, ImmutableArray<byte> Symbols)
{
    /// <summary>Name of the assembly and of its files without extension.</summary>
    public string Name => $"rank{Rank}";

    /// <summary>Full name of the <see cref="IRankProgram"/>.</summary>
    public string TypeName => $"Llmc.Generated.Rank{Rank}";

    /// <summary>Writes the step's C# and compiles it against <c>Llmc.Artifact</c> alone.</summary>
    /// <exception cref="GraphException">The C# does not compile: a bug, reported with the first error.</exception>
    public static RankAssembly Compile(StepProgram step, string producer, RankCompiler compiler)
    {
        var source = RankProgramWriter.Write(LoopedStep.Of(step), producer);
        var (assembly, symbols) = compiler.Compile($"rank{step.Rank}", source);
        return new(step.Rank, source, assembly, symbols);
    }
}

/// <summary>Roslyn with fixed settings: optimised, deterministic, portable symbols; references shared between ranks.</summary>
public sealed class RankCompiler
{
    static readonly string[] FrameworkAssemblies = ["System.Private.CoreLib", "System.Runtime", "System.Memory"];

    readonly ImmutableArray<MetadataReference> _references;

    /// <param name="frameworkFolder">Folder of the framework's assemblies.</param>
    /// <param name="artifactAssembly">Path of Llmc.Artifact.dll.</param>
    public RankCompiler(string frameworkFolder, string artifactAssembly) => _references =
    [
        .. FrameworkAssemblies.Select(a => (MetadataReference)MetadataReference.CreateFromFile(Path.Combine(frameworkFolder, a + ".dll"))),
        MetadataReference.CreateFromFile(artifactAssembly),
    ];

    internal (ImmutableArray<byte> Assembly, ImmutableArray<byte> Symbols) Compile(string name, string source)
    {
        var tree = CSharpSyntaxTree.ParseText(
            SourceText.From(source, Encoding.UTF8, SourceHashAlgorithm.Sha256), new CSharpParseOptions(LanguageVersion.CSharp13), $"{name}.cs");
        var compilation = CSharpCompilation.Create(name, [tree], _references, new(
            OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, deterministic: true,
            nullableContextOptions: NullableContextOptions.Enable, platform: Platform.AnyCpu, generalDiagnosticOption: ReportDiagnostic.Error));
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        var result = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        if (!result.Success) throw new GraphException($"{name}.cs: {result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error)}");
        return ([.. assembly.ToArray()], [.. symbols.ToArray()]);
    }
}
