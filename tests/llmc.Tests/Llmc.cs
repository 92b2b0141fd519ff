using System.Diagnostics;

namespace Llmc.CommandLine.Tests;

/// <summary>Runs the program as a user does: its own process, its exit code, its words.</summary>
static class Program
{
    /// <summary>What a run left behind.</summary>
    public sealed record Result(int ExitCode, string Output, string Error);

    /// <summary>Runs <c>llmc</c> with arguments; standard input is <paramref name="input"/>.</summary>
    public static Result Run(IEnumerable<string> arguments, string input = "")
    {
        using var process = Start(["dotnet", "exec", Assembly, .. arguments]);
        return Finish(process, input);
    }

    /// <summary>Runs <c>llmc</c> under a shell that has run <paramref name="prelude"/> first.</summary>
    public static Result RunAfter(string prelude, params string[] arguments)
    {
        using var process = Start(["bash", "-c", $"{prelude}; exec dotnet exec \"$0\" \"$@\"", Assembly, .. arguments]);
        return Finish(process, "");
    }

    /// <summary>Starts <c>llmc</c> and leaves it running.</summary>
    public static Process StartLlmc(params string[] arguments) => Start(["dotnet", "exec", Assembly, .. arguments]);

    static string Assembly => Path.Combine(AppContext.BaseDirectory, "llmc.dll");

    static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in command[1..]) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    static Result Finish(Process process, string input)
    {
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
