using System.Text.Json;
using Llmc.Artifact;
using Llmc.Text.AddedTokens;
using Llmc.Text.Decoders;
using Llmc.Text.Models;
using Llmc.Text.Normalizers;
using Llmc.Text.PostProcessing;
using Llmc.Text.PreTokenizers;

namespace Llmc.Text.Reading;

/// <summary>The parts of a tokenizer.</summary>
sealed record TokenizerParts(
    AddedVocabulary Added, INormalizer? Normalizer, IPreTokenizer? PreTokenizer, TokenModel Model, PostProcessor PostProcessor, DecoderChain Decoder);

/// <summary>
/// Reads tokenizer.json. Whatever is unknown is refused by name. Truncation and padding are left aside, as transformers
/// does: they describe how the file's author batched, not the tokenizer.
/// </summary>
static class TokenizerReader
{
    /// <param name="file">For messages.</param>
    /// <param name="json">The file's content, UTF-8.</param>
    public static TokenizerParts Read(string file, ReadOnlySpan<byte> json)
    {
        try
        {
            return ReadFile(file, json);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw Diagnostics.TokenizerUnreadable.Because(problem, file, problem.Message);
        }
    }

    static TokenizerParts ReadFile(string file, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json.StartsWith("\uFEFF"u8) ? json[3..] : json);
        TokenModel? model = null;
        var sections = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Diagnostics.TokenizerFieldMissing.With(file, "the file", "model");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "model") model = ModelReader.Read(file, ref reader, expectedTokens: Math.Min(json.Length / 128, 1 << 20));
            else sections[name] = JsonElement.ParseValue(ref reader);
        }
        reader.Read();   // refuses what follows the object
        return Assemble(file, sections, model ?? throw Diagnostics.TokenizerFieldMissing.With(file, "the file", "model"));
    }

    static TokenizerParts Assemble(string file, Dictionary<string, JsonElement> sections, TokenModel model)
    {
        var normalizer = Section("normalizer") is { } normalizing ? NormalizerReader.Read(normalizing) : null;
        return new(
            new AddedVocabulary(AddedVocabulary.Number(ReadAddedTokens(file, sections), model.Vocabulary), normalizer),
            normalizer,
            Section("pre_tokenizer") is { } splitting ? PreTokenizerReader.Read(splitting) : null,
            model,
            Section("post_processor") is { } processing ? PostProcessorReader.Read(processing) : PostProcessor.None,
            Section("decoder") is { } decoding ? DecoderReader.Read(decoding) : new DecoderChain([new SpaceDecoder()]));

        Component? Section(string name) => sections.TryGetValue(name, out var json) && json.ValueKind != JsonValueKind.Null
            ? json.ValueKind == JsonValueKind.Object ? new Component(file, name, json)
                : throw Diagnostics.TokenizerFieldWrong.With(file, "the file", name, "an object", json.ValueKind)
            : null;
    }

    static List<AddedToken> ReadAddedTokens(string file, Dictionary<string, JsonElement> sections)
    {
        if (!sections.TryGetValue("added_tokens", out var list) || list.ValueKind == JsonValueKind.Null) return [];
        if (list.ValueKind != JsonValueKind.Array) throw Diagnostics.TokenizerFieldWrong.With(file, "the file", "added_tokens", "a list", list.ValueKind);
        var tokens = new List<AddedToken>();
        foreach (var item in list.EnumerateArray())
        {
            var json = new Component(file, $"added_tokens[{tokens.Count}]", item);
            if (item.ValueKind != JsonValueKind.Object) throw Diagnostics.TokenizerFieldWrong.With(file, "the file", json.Name, "an object", item.ValueKind);
            tokens.Add(new(json.String("content"), json.Integer("id"), json.Bool("single_word"), json.Bool("lstrip"), json.Bool("rstrip"),
                json.Bool("normalized"), json.Bool("special")));
        }
        return tokens;
    }
}
