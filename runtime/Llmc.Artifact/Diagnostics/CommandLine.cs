namespace Llmc.Artifact;

// LLMC09xx: files and lines that commands are given.
public static partial class Diagnostics
{
    /// <summary>A text file cannot be used.</summary>
    public static Diagnostic TextUnreadable { get; } = new("LLMC0901", "{0}: cannot be read as UTF-8 text: {1}");

    /// <summary>A line of standard input is not what the command reads.</summary>
    public static Diagnostic LineNotText { get; } = new(
        "LLMC0902", "standard input, line {0}: should be an object with a string 'text': {1}");

    /// <summary>No ids.</summary>
    public static Diagnostic IdsMissing { get; } = new("LLMC0903", "{0}: holds no tensor 'input_ids'");

    /// <summary>Ids of another type or shape.</summary>
    public static Diagnostic IdsShape { get; } = new("LLMC0904", "{0}: 'input_ids' should be i64 [B, T] and not empty, but is {1}");

    /// <summary>Not one window.</summary>
    public static Diagnostic TextTooShort { get; } = new("LLMC0905", "{0}: its {1} ids do not fill a window of {2}", "Give a longer text or a smaller --window.");

    static IReadOnlyList<Diagnostic> CommandLine => [TextUnreadable, LineNotText, IdsMissing, IdsShape, TextTooShort];
}
