using System.CommandLine;
using System.CommandLine.Parsing;

namespace Llmc.CommandLine;

/// <summary>Arguments and options that several commands share, and the checks that System.CommandLine leaves out.</summary>
static class Options
{
    /// <summary>A positional path; a mistyped option is not taken for one.</summary>
    public static Argument<string> Path(string name, string description)
    {
        var argument = new Argument<string>(name) { Description = description };
        argument.Validators.Add(RefuseOption);
        return argument;
    }

    /// <summary>An engine folder.</summary>
    public static Argument<string> Engine() => Path("ENGINE", "Engine folder that llmc build made.");

    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    public static Option<int> Count(string name, string description, int value, int least = 1)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result => RequireAtLeast(result, result.GetValueOrDefault<int>(), least));
        return option;
    }

    /// <summary>A whole number of at least <paramref name="least"/>, or none.</summary>
    public static Option<int?> OptionalCount(string name, string description, int least = 1)
    {
        var option = new Option<int?>(name) { Description = description };
        option.Validators.Add(result => RequireAtLeast(result, result.GetValueOrDefault<int?>() ?? least, least));
        return option;
    }

    /// <summary>Machine-readable output.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Machine-readable output on standard output." };

    static void RequireAtLeast(OptionResult result, int value, int least)
    {
        if (value < least) result.AddError($"{result.Option.Name} must be at least {least}, but is {value}");
    }

    static void RefuseOption(ArgumentResult result)
    {
        if (result.Tokens.FirstOrDefault(t => t.Value.StartsWith('-')) is { } token) result.AddError($"unknown option '{token.Value}'");
    }
}
