using System.Text.Json;

namespace Llmc.Text.Tests;

/// <summary>Every line of the goldens, which Hugging Face's own library wrote.</summary>
public class GoldenTokenizerTests
{
    public static TheoryData<string> Styles =>
        [.. Directory.GetDirectories(Repository.PathOf("tests", "goldens", "tokenizers")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    sealed record Line(string Text, int[] Ids, int[] PlainIds, string Decoded, string DecodedSkip, string[]? Stream);

    static IEnumerable<Line> Lines(string style)
    {
        foreach (var line in File.ReadLines(Repository.PathOf("tests", "goldens", "tokenizers", style, "golden.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            yield return new(root.GetProperty("text").GetString()!, Ints(root.GetProperty("ids")), Ints(root.GetProperty("ids_plain")),
                root.GetProperty("decoded").GetString()!, root.GetProperty("decoded_skip").GetString()!,
                root.GetProperty("stream").ValueKind == JsonValueKind.Null ? null : [.. root.GetProperty("stream").EnumerateArray().Select(piece => piece.GetString()!)]);
        }
    }

    static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    static HuggingFaceTokenizer Load(string style) => HuggingFaceTokenizer.Load(Repository.PathOf("tests", "goldens", "tokenizers", style));

    [Theory, MemberData(nameof(Styles))]
    public void Gives_the_same_ids(string style)
    {
        var tokenizer = Load(style);
        foreach (var line in Lines(style))
        {
            Assert.Equal(line.Ids, tokenizer.Encode(line.Text, addSpecialTokens: true));
            Assert.Equal(line.PlainIds, tokenizer.Encode(line.Text, addSpecialTokens: false));
        }
    }

    [Theory, MemberData(nameof(Styles))]
    public void Gives_the_same_text(string style)
    {
        var tokenizer = Load(style);
        foreach (var line in Lines(style))
        {
            Assert.Equal(line.Decoded, tokenizer.Decode(line.Ids, skipSpecialTokens: false));
            Assert.Equal(line.DecodedSkip, tokenizer.Decode(line.Ids, skipSpecialTokens: true));
        }
    }

    [Theory, MemberData(nameof(Styles))]
    public void Streams_the_same_pieces(string style)
    {
        var tokenizer = Load(style);
        foreach (var line in Lines(style).Where(line => line.Stream is not null))
        {
            var detokenizer = tokenizer.CreateDetokenizer(skipSpecialTokens: false);
            var pieces = line.PlainIds.Select(detokenizer.Append).ToArray();
            if (pieces.Length > 0) pieces[^1] += detokenizer.Flush();
            Assert.Equal(line.Stream!, pieces);
        }
    }

    [Theory, MemberData(nameof(Styles))]
    public void The_contract_of_the_base_class_agrees(string style)
    {
        var tokenizer = Load(style);
        foreach (var line in Lines(style))
        {
            Assert.Equal(line.PlainIds, tokenizer.EncodeToIds(line.Text));
            var tokens = tokenizer.EncodeToTokens(line.Text, out var seen);
            Assert.Equal(line.PlainIds, tokens.Select(token => token.Id));
            Assert.Equal(tokens.Count == 0 ? 0 : seen!.Length, tokens.Sum(token => token.Offset.End.Value - token.Offset.Start.Value));
            Assert.Equal(tokenizer.Decode(line.PlainIds, skipSpecialTokens: false), tokenizer.Decode((IEnumerable<int>)line.PlainIds));
        }
    }
}
