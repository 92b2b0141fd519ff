using System.CommandLine;
using System.Globalization;
using Llmc.Artifact;

namespace Llmc.CommandLine;

/// <summary>Parses and runs a command line, and turns every way to fail into its exit code.</summary>
static class Invocation
{
    public const int Done = 0, InputAtFault = 1, Usage = 2, Bug = 3;

    public static int Run(RootCommand root, string[] args)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) Console.Error.WriteLine($"llmc: {error.Message}");
            var command = parsed.CommandResult.Command;
            Console.Error.WriteLine($"llmc: see 'llmc {(command == root ? "" : command.Name + " ")}--help'");
            return Usage;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (LlmcException failure)
        {
            Console.Error.WriteLine($"llmc: {failure.Message}");
            if (failure.Diagnostic.Hint.Length > 0) Console.Error.WriteLine($"      {failure.Diagnostic.Hint}");
            return InputAtFault;
        }
        catch (OperationCanceledException)
        {
            return InputAtFault;
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            Console.Error.WriteLine($"llmc: a bug: {bug}");
            return Bug;
        }
    }
}
