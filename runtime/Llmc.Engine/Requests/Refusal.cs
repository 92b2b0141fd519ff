using Llmc.Artifact;

namespace Llmc.Engine;

/// <summary>Why a request is not taken: an answer, not an exception.</summary>
/// <param name="Reason">The diagnostic with its arguments; may be thrown by callers that want to.</param>
public sealed record Refusal(LlmcException Reason)
{
    /// <summary>Id of the row in the diagnostics table, <c>LLMC0706</c>.</summary>
    public string Id => Reason.Diagnostic.Id;

    /// <summary>For the user.</summary>
    public string Message => Reason.Message;
}
