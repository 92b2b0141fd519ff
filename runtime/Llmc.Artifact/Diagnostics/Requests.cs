namespace Llmc.Artifact;

// LLMC07xx: requests to a running engine.
public static partial class Diagnostics
{
    /// <summary>There is nothing to continue.</summary>
    public static Diagnostic PromptEmpty { get; } = new("LLMC0701", "the prompt is empty", "Give at least one token.");

    /// <summary>A token of the prompt is not the model's.</summary>
    public static Diagnostic TokenOutOfVocabulary { get; } = new(
        "LLMC0702", "token {1} at position {0} of the prompt is not in the vocabulary, 0 to {2}", "Tokenize with the engine's own tokenizer.");

    /// <summary>The prompt alone is over the limit.</summary>
    public static Diagnostic PromptTooLong { get; } = new(
        "LLMC0703", "the prompt has {0} tokens; with at least one token of answer, the engine takes {1} at most",
        "Shorten the prompt or build the engine with a greater --max-seq-len.");

    /// <summary>Prompt and answer together are over the limit.</summary>
    public static Diagnostic TooManyTokens { get; } = new(
        "LLMC0704", "a prompt of {0} tokens and up to {1} new ones make {2}, but a sequence has {3} at most",
        "Ask for fewer tokens or build the engine with a greater --max-seq-len.");

    /// <summary>A parameter has no meaning.</summary>
    public static Diagnostic ParameterOutOfRange { get; } = new("LLMC0705", "{0} should be {1} but is {2}");

    /// <summary>Too many wait.</summary>
    public static Diagnostic QueueFull { get; } = new("LLMC0706", "{0} requests are waiting already", "Try again later.");

    /// <summary>The cache cannot hold the sequence even when nothing else runs.</summary>
    public static Diagnostic LargerThanCache { get; } = new(
        "LLMC0707", "the request can need {0} KV blocks, but the cache has {1}", "Ask for fewer tokens or build the engine with more blocks.");

    /// <summary>The engine takes no more requests.</summary>
    public static Diagnostic EngineStopping { get; } = new("LLMC0708", "the engine is stopping", "Send the request to another server.");

    /// <summary>The engine broke down.</summary>
    public static Diagnostic EngineFailed { get; } = new("LLMC0709", "the engine has failed: {0}", "Restart it; if it fails again, report the message.");

    /// <summary>The model computed nothing that can be sampled from.</summary>
    public static Diagnostic LogitsNotFinite { get; } = new(
        "LLMC0710", "the logits after position {0} have no finite maximum, so that no token can be chosen",
        "If no token is ruled out by the request, the model overflows in these number formats: build with --dtype float32.");

    static IReadOnlyList<Diagnostic> Requests =>
    [
        PromptEmpty, TokenOutOfVocabulary, PromptTooLong, TooManyTokens, ParameterOutOfRange, QueueFull, LargerThanCache,
        EngineStopping, EngineFailed, LogitsNotFinite,
    ];
}
