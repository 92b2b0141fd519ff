using System.Globalization;

namespace Llmc.Artifact;

/// <summary>One row of the diagnostics table: what can go wrong, in the words of the person who has the problem.</summary>
/// <param name="Id">Stable id, <c>LLMC0103</c>; scripts and suppressions depend on it.</param>
/// <param name="Message">Composite format string; its arguments name the user's file, thing, expected and found values.</param>
/// <param name="Hint">What to try next; may be empty when the message already says it.</param>
public sealed record Diagnostic(string Id, string Message, string Hint = "")
{
    /// <summary>The exception that reports this row with its arguments filled in (invariant culture).</summary>
    public LlmcException With(params object?[] arguments) =>
        new(this, string.Format(CultureInfo.InvariantCulture, Message, arguments));

    /// <summary>As <see cref="With(object?[])"/>, keeping the failure that led here.</summary>
    public LlmcException Because(Exception cause, params object?[] arguments) =>
        new(this, string.Format(CultureInfo.InvariantCulture, Message, arguments), cause);
}

/// <summary>A failure whose cause lies with the input: exit code 1, <see cref="Exception.Message"/> is for the user.</summary>
public sealed class LlmcException : Exception
{
    /// <summary>The table row that this failure is an instance of.</summary>
    public Diagnostic Diagnostic { get; }

    internal LlmcException(Diagnostic diagnostic, string message, Exception? cause = null)
        : base($"{diagnostic.Id}: {message}", cause) => Diagnostic = diagnostic;
}
