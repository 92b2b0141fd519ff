using System.Buffers;
using System.Text.Json;
using Llmc.Artifact;
using Llmc.Text.Models;

namespace Llmc.Text.Reading;

/// <summary>
/// Reads the model section: vocabulary and merges straight from the tokens of the JSON, since they are nearly the whole
/// file, and its few other fields as a <see cref="Component"/>.
/// </summary>
ref struct ModelReader(string file)
{
    /// <summary>Ids index arrays, and no published vocabulary comes near this.</summary>
    public const int IdLimit = 1 << 24;

    Vocabulary? vocabulary;
    List<double>? scores;
    Utf8JsonReader merges;
    bool hasMerges;
    MergeTable? table;
    int? prefixLength;   // of continuing_subword_prefix, null until that has been read

    /// <param name="file">For messages.</param>
    /// <param name="reader">At the model object.</param>
    /// <param name="expectedTokens">A guess at the size of the vocabulary.</param>
    public static TokenModel Read(string file, ref Utf8JsonReader reader, int expectedTokens)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Diagnostics.TokenizerFieldMissing.With(file, "the file", "model");
        var model = new ModelReader(file);
        var options = model.ReadFields(ref reader, expectedTokens);
        return model.Build(options);
    }

    Component ReadFields(ref Utf8JsonReader reader, int expectedTokens)
    {
        var others = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(others);
        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "vocab") ReadVocabulary(ref reader, expectedTokens);
            else if (name == "merges") ReadMerges(ref reader);
            else
            {
                var value = JsonElement.ParseValue(ref reader);
                if (name == "continuing_subword_prefix") prefixLength = value.ValueKind == JsonValueKind.String ? value.GetString()!.Length : 0;
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }
        writer.WriteEndObject();
        writer.Flush();
        return new(file, "model", JsonElement.Parse(others.WrittenSpan));
    }

    // Merges need the vocabulary and the prefix; where they come before them they are read again at the end.
    void ReadMerges(ref Utf8JsonReader reader)
    {
        merges = reader;
        hasMerges = reader.TokenType == JsonTokenType.StartArray;
        if (hasMerges && vocabulary is not null && prefixLength is { } length) table = MergesReader.Read(file, ref reader, vocabulary, length);
        else reader.Skip();
    }

    void ReadVocabulary(ref Utf8JsonReader reader, int expectedTokens)
    {
        vocabulary = new(expectedTokens);
        if (reader.TokenType == JsonTokenType.StartObject) ReadIds(ref reader);
        else if (reader.TokenType == JsonTokenType.StartArray) ReadScores(ref reader);
        else throw Diagnostics.TokenizerFieldWrong.With(file, "model", "vocab", "an object or a list", reader.TokenType);
    }

    readonly void ReadIds(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var token = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id) || id is < 0 or >= IdLimit)
                throw Diagnostics.TokenIdOutOfRange.With(file, token, System.Text.Encoding.UTF8.GetString(reader.ValueSpan), IdLimit);
            vocabulary!.Add(token, id);
        }
    }

    // [["▁the", -3.2], …]: ids are places.
    void ReadScores(ref Utf8JsonReader reader)
    {
        scores = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            var isPair = reader.Read() && reader.TokenType == JsonTokenType.String;
            var token = isPair ? reader.GetString()! : "";
            isPair = isPair && reader.Read() && reader.TokenType == JsonTokenType.Number;
            var score = isPair ? reader.GetDouble() : 0;
            if (!isPair || !reader.Read() || reader.TokenType != JsonTokenType.EndArray)
                throw Diagnostics.TokenizerFieldWrong.With(file, "model", $"vocab[{scores.Count}]", "a token and its score", "something else");
            vocabulary!.Add(token, scores.Count);
            scores.Add(score);
        }
        if (reader.TokenType != JsonTokenType.EndArray)
            throw Diagnostics.TokenizerFieldWrong.With(file, "model", $"vocab[{scores.Count}]", "a token and its score", reader.TokenType);
    }

    readonly TokenModel Build(Component model)
    {
        if (vocabulary is null) throw Diagnostics.TokenizerFieldMissing.With(file, "model", "vocab");
        var type = model.OptionalString("type") ?? (hasMerges ? "BPE" : scores is not null ? "Unigram" : model.Type);
        return type switch
        {
            "Unigram" => BuildUnigram(model),
            _ when scores is not null => throw Diagnostics.TokenizerFieldWrong.With(file, "model", "vocab", "an object of tokens and ids", "a list"),
            "BPE" => BuildBpe(model),
            "WordPiece" => new WordPieceModel(vocabulary, model.OptionalString("unk_token") ?? "[UNK]", model.OptionalString("continuing_subword_prefix") ?? "##",
                model.Has("max_input_chars_per_word") ? model.Integer("max_input_chars_per_word") : 100),
            "WordLevel" => new WordLevelModel(vocabulary, model.OptionalString("unk_token") ?? "<unk>"),
            _ => throw model.Unknown("model"),
        };
    }

    readonly UnigramModel BuildUnigram(Component model)
    {
        if (scores is null) throw Diagnostics.TokenizerFieldWrong.With(file, "model", "vocab", "a list of tokens and scores", "an object");
        int? unknownId = model.Has("unk_id") ? model.Integer("unk_id") : null;
        if (unknownId >= scores.Count) throw model.Wrong("unk_id", $"below the {scores.Count} tokens of the vocabulary", model.Json.GetProperty("unk_id"));
        return new(vocabulary!, [.. scores], unknownId, model.Bool("byte_fallback", otherwise: false));
    }

    readonly BpeModel BuildBpe(Component model)
    {
        if (!hasMerges) throw Diagnostics.TokenizerFieldMissing.With(file, "model", "merges");
        if (model.Has("dropout") && model.Json.GetProperty("dropout") is var dropout && (dropout.ValueKind != JsonValueKind.Number || dropout.GetDouble() != 0))
            throw model.Wrong("dropout", "null or 0", dropout);
        var options = new BpeOptions(model.OptionalString("unk_token"), EmptyIsNone(model.OptionalString("continuing_subword_prefix")),
            EmptyIsNone(model.OptionalString("end_of_word_suffix")), model.Bool("fuse_unk", otherwise: false),
            model.Bool("byte_fallback", otherwise: false), model.Bool("ignore_merges", otherwise: false));
        var late = merges;
        return new(vocabulary!, table ?? MergesReader.Read(file, ref late, vocabulary!, options.ContinuingPrefix?.Length ?? 0), options);
    }

    static string? EmptyIsNone(string? text) => text is "" ? null : text;
}
