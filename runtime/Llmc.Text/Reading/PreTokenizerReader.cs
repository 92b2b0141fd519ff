using Llmc.Text.Patterns;
using Llmc.Text.PreTokenizers;

namespace Llmc.Text.Reading;

/// <summary>Reads the pre_tokenizer section.</summary>
static class PreTokenizerReader
{
    public static IPreTokenizer Read(Component json) => json.Type switch
    {
        "Sequence" => new PreTokenizerSequence([.. json.Objects("pretokenizers").Select(Read)]),
        "Split" => new Split(json.Bool("invert") ? new InvertedPattern(PatternReader.Read(json)) : PatternReader.Read(json), ReadBehavior(json)),
        "ByteLevel" => new ByteLevel(json.Bool("add_prefix_space"), json.Bool("use_regex", otherwise: true)),
        "Metaspace" => new Metaspace(json.Character("replacement").ToString(), ReadScheme(json), json.Bool("split", otherwise: true)),
        "Digits" => Split.Digits(json.Bool("individual_digits")),
        "Punctuation" => Split.Punctuation(json.Has("behavior") ? ReadBehavior(json) : SplitBehavior.Isolated),
        "Whitespace" => Split.Words(),
        "WhitespaceSplit" => Split.WhiteSpace(),
        "BertPreTokenizer" => Split.Bert(),
        _ => throw json.Unknown("pre-tokenizer"),
    };

    /// <summary>Metaspace's scheme; files of before 2024 say <c>add_prefix_space</c> instead.</summary>
    public static PrependScheme ReadScheme(Component json)
    {
        var legacy = json.Bool("add_prefix_space", otherwise: true);
        var scheme = json.OptionalString("prepend_scheme") switch
        {
            null => legacy ? PrependScheme.Always : PrependScheme.Never,
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw json.Wrong("prepend_scheme", "always, first or never", json.Json.GetProperty("prepend_scheme")),
        };
        if (!legacy && scheme != PrependScheme.Never)
            throw json.Wrong("prepend_scheme", "never, as add_prefix_space is false,", json.Json.GetProperty("prepend_scheme"));
        return scheme;
    }

    static SplitBehavior ReadBehavior(Component json) => json.String("behavior") switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw json.Wrong("behavior", "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous", json.Json.GetProperty("behavior")),
    };
}
