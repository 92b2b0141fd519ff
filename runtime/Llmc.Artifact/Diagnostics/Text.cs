namespace Llmc.Artifact;

// LLMC06xx: tokenizers and text.
public static partial class Diagnostics
{
    static IReadOnlyList<Diagnostic> Text =>
    [
        TokenizerMissing, TokenizerUnreadable, TokenizerComponentUnknown, TokenizerFieldMissing, TokenizerFieldWrong,
        MergeNamesUnknownToken, PatternNotSupported, NormalizationUnavailable, TextNotWellFormed, UnknownTokenMissing,
        TokenIdOutOfRange, CharacterMapBroken,
    ];

    /// <summary>Folder.</summary>
    public static Diagnostic TokenizerMissing { get; } = new("LLMC0601", "{0}: there is no tokenizer.json in this folder",
        "A tokenizer.model can be converted: transformers' AutoTokenizer.from_pretrained(folder).save_pretrained(folder) writes tokenizer.json.");

    /// <summary>File, what the JSON reader says.</summary>
    public static Diagnostic TokenizerUnreadable { get; } = new("LLMC0602", "{0}: is not readable as JSON: {1}",
        "The file may be cut off, or a Git LFS pointer instead of the file.");

    /// <summary>File, kind of component, its type.</summary>
    public static Diagnostic TokenizerComponentUnknown { get; } = new("LLMC0603", "{0}: the {1} '{2}' is not supported",
        "A tokenizer that is almost right gives wrong answers, so it is refused.");

    /// <summary>File, component, field.</summary>
    public static Diagnostic TokenizerFieldMissing { get; } = new("LLMC0604", "{0}: {1} has no '{2}'");

    /// <summary>File, component, field, expected, found.</summary>
    public static Diagnostic TokenizerFieldWrong { get; } = new("LLMC0605", "{0}: {1}: '{2}' should be {3} but is {4}");

    /// <summary>File, number of the merge from 0, the merge, the token.</summary>
    public static Diagnostic MergeNamesUnknownToken { get; } = new("LLMC0606",
        "{0}: model.merges[{1}] ({2}) needs the token '{3}', which is not in the vocabulary");

    /// <summary>File, pattern, position from 0, what.</summary>
    public static Diagnostic PatternNotSupported { get; } = new("LLMC0607", "{0}: the pattern '{1}' has at position {2} {3}, which is not supported");

    /// <summary>None.</summary>
    public static Diagnostic NormalizationUnavailable { get; } = new("LLMC0608",
        "the tokenizer normalizes text to a Unicode form, and this process cannot: it runs under invariant globalization",
        "Unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT and install libicu.");

    /// <summary>Position in UTF-16 units from 0.</summary>
    public static Diagnostic TextNotWellFormed { get; } = new("LLMC0609", "the text is not well-formed: half of a surrogate pair stands alone at position {0}");

    /// <summary>The unknown token's name.</summary>
    public static Diagnostic UnknownTokenMissing { get; } = new("LLMC0610",
        "the text has characters that the tokenizer has no token for, and its token for the unknown, {0}, is not in its vocabulary");

    /// <summary>File, token, id, the limit.</summary>
    public static Diagnostic TokenIdOutOfRange { get; } = new("LLMC0611", "{0}: the token '{1}' has the id {2}; ids are whole numbers from 0 to below {3}");

    /// <summary>File, what.</summary>
    public static Diagnostic CharacterMapBroken { get; } = new("LLMC0612", "{0}: the precompiled_charsmap cannot be read: {1}");
}
