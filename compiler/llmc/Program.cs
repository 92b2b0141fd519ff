using System.CommandLine;
using Llmc.CommandLine;

// Exit codes: 0 done, 1 the input is at fault, 2 usage, 3 a bug.
var root = new RootCommand("Compiles Hugging Face checkpoints ahead of time into engines, and runs them.")
{
    BuildCommand.Create(),
    RunCommand.Create(),
    LogitsCommand.Create(),
    TokenizeCommand.Create(),
    EvalCommand.Create(),
    InspectCommand.Create(),
    BenchCommand.Create(),
};
return Invocation.Run(root, args);
