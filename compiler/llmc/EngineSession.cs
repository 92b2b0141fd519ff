using System.CommandLine;
using Llmc.Artifact;
using Llmc.Cpu;
using Llmc.Engine;

namespace Llmc.CommandLine;

/// <summary>Options of every command that runs an engine, and the engine they open.</summary>
sealed class EngineSession
{
    readonly Argument<string> _engine = Options.Engine();

    readonly Option<string> _instructionSet = new("--isa")
    {
        Description = "CPU instructions to use at most; the default is the best that the machine has.",
        DefaultValueFactory = _ => "auto",
    };

    readonly Option<int?> _threads = Options.OptionalCount("--threads", "Threads of each rank. Default: the processor's cores divided among the ranks.");

    /// <summary>Adds the options to a command.</summary>
    public EngineSession(Command command)
    {
        _instructionSet.AcceptOnlyFromAmong("auto", "portable", "avx2", "avx512", "avx512vnni", "avx512bf16");
        command.Add(_engine);
        command.Add(_instructionSet);
        command.Add(_threads);
    }

    /// <summary>Path of the engine folder.</summary>
    public string PathOf(ParseResult parsed) => parsed.GetRequiredValue(_engine);

    /// <summary>Verifies and loads the engine.</summary>
    public EngineCore Open(ParseResult parsed, EngineOptions? options = null) =>
        CpuEngine.Load(EngineFolder.Open(PathOf(parsed)), options, CpuOptionsOf(parsed));

    /// <summary>The engine's manifest and the machine that its kernels are timed on, with all threads of one rank.</summary>
    public (Manifest Manifest, Machine Machine) OpenMachine(ParseResult parsed)
    {
        var (folder, options) = (EngineFolder.Open(PathOf(parsed)), CpuOptionsOf(parsed));
        var set = InstructionSets.Choose(options.InstructionSet);
        var code = new CodeImage(folder.Manifest.Code, file => File.ReadAllBytes(folder.PathOf(file)), set);
        return (folder.Manifest, new Machine(set, options.ThreadsPerRank ?? Environment.ProcessorCount, code));
    }

    CpuOptions CpuOptionsOf(ParseResult parsed) => new()
    {
        InstructionSet = Enum.TryParse<InstructionSet>(parsed.GetValue(_instructionSet), ignoreCase: true, out var set) ? set : null,
        ThreadsPerRank = parsed.GetValue(_threads),
    };
}
