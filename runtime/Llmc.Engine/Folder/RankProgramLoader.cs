using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;
using Llmc.Artifact;

namespace Llmc.Engine.Folder;

/// <summary>
/// Brings a rank's compiled step into the process: the one place that loads code. A native executable cannot do this; it has
/// the programs of its engine compiled in and does not come here.
/// </summary>
static class RankProgramLoader
{
    /// <summary>Loads the rank's assembly into a context of its own and makes its program.</summary>
    /// <exception cref="LlmcException">LLMC0509 when the file is no assembly or has no such program.</exception>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The assembly is a file of the engine, never part of a trimmed application; what it references is kept below.")]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "The type comes from the untrimmed assembly just loaded.")]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(StepInput))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(RankMemory))]
    public static IRankProgram Load(EngineFolder folder, RankManifest rank)
    {
        var path = folder.PathOf(rank.ProgramFile);
        try
        {
            var assembly = new RankContext(rank.ProgramFile).LoadFromAssemblyPath(Path.GetFullPath(path));
            var type = assembly.GetType(rank.ProgramType) ?? throw Unusable(path, rank, "it has no such type");
            return Activator.CreateInstance(type) as IRankProgram ?? throw Unusable(path, rank, $"it is no {nameof(IRankProgram)}");
        }
        catch (Exception failure) when (failure is BadImageFormatException or FileLoadException or TypeLoadException or MissingMethodException)
        {
            throw Diagnostics.RankProgramUnusable.Because(failure, path, rank.ProgramType, failure.Message);
        }
    }

    static LlmcException Unusable(string path, RankManifest rank, string why) => Diagnostics.RankProgramUnusable.With(path, rank.ProgramType, why);

    /// <summary>Keeps ranks of several engines apart; what they reference, Llmc.Artifact and the framework, is the application's own.</summary>
    sealed class RankContext(string name) : AssemblyLoadContext(name)
    {
        protected override Assembly? Load(AssemblyName assemblyName) => null;
    }
}
