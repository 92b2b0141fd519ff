using System.Text;
using Llmc.Artifact;
using Llmc.Text.Decoders;
using Llmc.Text.Reading;
using Microsoft.ML.Tokenizers;

namespace Llmc.Text;

/// <summary>
/// The tokenizer of a Hugging Face checkpoint, from its tokenizer.json: the ids and texts that the <c>tokenizers</c> library
/// gives. Immutable; safe for several threads at once.
/// </summary>
public sealed partial class HuggingFaceTokenizer : Tokenizer
{
    readonly TokenizerParts parts;
    readonly TokenizerConfiguration configuration;

    HuggingFaceTokenizer(TokenizerParts parts, TokenizerConfiguration configuration) => (this.parts, this.configuration) = (parts, configuration);

    /// <summary>Reads tokenizer.json and, where there is one, tokenizer_config.json.</summary>
    /// <exception cref="LlmcException">LLMC0601 to LLMC0608, LLMC0611, LLMC0612: the files are missing, broken, or use what is not supported.</exception>
    public static HuggingFaceTokenizer Load(string folder)
    {
        var file = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(file)) throw Diagnostics.TokenizerMissing.With(folder);
        var configuration = TokenizerConfiguration.Read(Path.Combine(folder, "tokenizer_config.json"));
        return new(TokenizerReader.Read(file, File.ReadAllBytes(file)), configuration);
    }

    /// <summary>From the content of tokenizer.json alone, UTF-8; <paramref name="name"/> stands in messages for the file.</summary>
    /// <exception cref="LlmcException">As for <see cref="Load"/>.</exception>
    public static HuggingFaceTokenizer Parse(ReadOnlySpan<byte> json, string name = "tokenizer.json") =>
        new(TokenizerReader.Read(name, json), new(null, null, null));

    /// <summary>Every id is below this. Some below it may name no token.</summary>
    public int VocabularySize => Math.Max(parts.Model.Vocabulary.IdLimit, parts.Added.Tokens.Select(token => token.Id + 1).DefaultIfEmpty().Max());

    /// <summary>The begin token as tokenizer_config.json names it, null where it names none.</summary>
    public string? BeginToken => configuration.BeginToken;

    /// <summary>The end token as tokenizer_config.json names it, null where it names none.</summary>
    public string? EndToken => configuration.EndToken;

    /// <summary>The begin token's id, null where there is none.</summary>
    public int? BeginId => BeginToken is null ? null : Find(BeginToken);

    /// <summary>The end token's id, null where there is none.</summary>
    public int? EndId => EndToken is null ? null : Find(EndToken);

    /// <summary>tokenizer_config.json's add_bos_token, null where it does not say. The encoding follows tokenizer.json alone.</summary>
    public bool? AddBeginToken => configuration.AddBeginToken;

    /// <summary>Whether <see cref="Encode(string, bool)"/> with special tokens puts the begin token first.</summary>
    public bool PrependsBeginToken => parts.PostProcessor.Before is [var first, ..] && first == BeginId;

    /// <summary>The ids of special tokens, ascending.</summary>
    public IReadOnlyList<int> SpecialIds => [.. parts.Added.Tokens.Where(token => token.Special).Select(token => token.Id).Order()];

    /// <summary>The id of a token, null where there is no such token.</summary>
    public int? Find(string token)
    {
        foreach (var added in parts.Added.Tokens)
            if (added.Content == token) return added.Id;
        return parts.Model.Vocabulary.Find(token) is >= 0 and var id ? id : null;
    }

    /// <summary>The token as the vocabulary spells it, null where the id names none.</summary>
    public string? TokenOf(int id) => parts.Added.SpellingOf(id) ?? parts.Model.Vocabulary.TokenOf(id);

    /// <summary>The bytes of UTF-8, perhaps a part of a character, that the token adds inside a text; empty where the id names no token.</summary>
    public byte[] BytesOf(int id) => parts.Added.SpellingOf(id) is { } added ? Encoding.UTF8.GetBytes(added)
        : parts.Model.Vocabulary.TokenOf(id) is { } token ? parts.Decoder.BytesOf(token) : [];

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Special tokens in it are recognized.</param>
    /// <param name="addSpecialTokens">Whether to put those around it that tokenizer.json asks for, the begin token say.</param>
    /// <exception cref="LlmcException">LLMC0609 when the text is not well-formed, LLMC0610 when it has what the model cannot spell.</exception>
    public int[] Encode(string text, bool addSpecialTokens)
    {
        var ids = new List<int>(text.Length / 3 + 2);
        if (addSpecialTokens) ids.AddRange(parts.PostProcessor.Before);
        new Pipeline(parts, ids).Append(text);
        if (addSpecialTokens) ids.AddRange(parts.PostProcessor.After);
        return [.. ids];
    }

    /// <summary>The text of ids; ids that name no token are passed over.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        var sink = new TextSink();
        var stage = parts.Decoder.Begin(sink);
        foreach (var id in ids)
            if (Shown(id, skipSpecialTokens) is { } token) stage.Push(token);
        stage.Flush();
        return sink.Take();
    }

    /// <summary>For a text whose ids come one by one.</summary>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <param name="before">Ids that stand before the first: the end of the prompt, where the answer should not look like the start of a text.</param>
    public IncrementalDetokenizer CreateDetokenizer(bool skipSpecialTokens, ReadOnlySpan<int> before = default)
    {
        var detokenizer = new IncrementalDetokenizer(this, parts.Decoder, skipSpecialTokens);
        foreach (var id in before) detokenizer.Append(id);
        return detokenizer;
    }

    /// <summary>The token to decode, null where the id names none or it is to be skipped.</summary>
    internal string? Shown(int id, bool skipSpecialTokens) => skipSpecialTokens && parts.Added.IsSkipped(id) ? null : TokenOf(id);
}
