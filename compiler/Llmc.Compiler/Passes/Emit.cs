using Llmc.Artifact;
using Llmc.Generators;

namespace Llmc.Compiler.Passes;

/// <summary>Writes and compiles the C# of every rank.</summary>
static class Emit
{
    public static Compilation Run(Compilation c)
    {
        var compiler = new RankCompiler(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), Path.Combine(AppContext.BaseDirectory, "Llmc.Artifact.dll"));
        return c with { Programs = [.. c.Steps.Select(step => RankAssembly.Compile(step, Producer.Name, compiler))] };
    }
}
