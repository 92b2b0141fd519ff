using System.Text;
using System.Text.Json;
using Llmc.Text.Decoders;
using Llmc.Text.Normalizers;
using Llmc.Text.PreTokenizers;
using Llmc.Text.Reading;

namespace Llmc.Text.Tests;

/// <summary>Each component of tokenizer.json by itself, and small whole tokenizers, against what Hugging Face's library did.</summary>
public class ComponentGoldenTests
{
    static IEnumerable<(Component Section, JsonElement Json, JsonElement[] Cases)> Rows(string file)
    {
        foreach (var line in File.ReadLines(Repository.PathOf("tests", "goldens", "tokenizer-components", file)))
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement.GetProperty("json");
            yield return (new(file, "section", json), json, [.. document.RootElement.GetProperty("cases").EnumerateArray()]);
        }
    }

    [Fact]
    public void Every_normalizer_normalizes_the_same()
    {
        foreach (var (section, json, cases) in Rows("normalizers.jsonl"))
        {
            var normalizer = NormalizerReader.Read(section);
            foreach (var @case in cases)
            {
                var text = new NormalizedText(@case[0].GetString()!, startsAtOrigin: true);
                normalizer.Normalize(text);
                AssertSame(@case[1].GetString()!, text.Text, json, @case[0]);
            }
        }
    }

    [Fact]
    public void Every_pre_tokenizer_cuts_the_same()
    {
        foreach (var (section, json, cases) in Rows("pre_tokenizers.jsonl"))
        {
            var preTokenizer = PreTokenizerReader.Read(section);
            foreach (var @case in cases)
            {
                var text = new PieceText(@case[0].GetString()!, startsAtOrigin: true);
                preTokenizer.Apply(text);
                AssertSame(Join(@case[1]), string.Join('\u241F', text.Pieces.Select(piece => text.Span(piece).ToString())), json, @case[0]);
            }
        }
    }

    [Fact]
    public void Every_decoder_decodes_the_same()
    {
        foreach (var (section, json, cases) in Rows("decoders.jsonl"))
        {
            var decoder = DecoderReader.Read(section);
            foreach (var @case in cases.Where(@case => @case[1].ValueKind == JsonValueKind.String))
            {
                var sink = new TextSink();
                var stage = decoder.Begin(sink);
                foreach (var token in @case[0].EnumerateArray()) stage.Push(token.GetString()!);
                stage.Flush();
                AssertSame(@case[1].GetString()!, sink.Take(), json, @case[0]);
            }
        }
    }

    [Fact]
    public void Every_small_tokenizer_gives_the_same()
    {
        foreach (var (_, json, cases) in Rows("tokenizers.jsonl"))
        {
            var tokenizer = HuggingFaceTokenizer.Parse(Encoding.UTF8.GetBytes(json.GetRawText()));
            foreach (var @case in cases) AssertSameTokens(tokenizer, json, @case);
        }
    }

    static void AssertSameTokens(HuggingFaceTokenizer tokenizer, JsonElement json, JsonElement @case)
    {
        var text = @case.GetProperty("text");
        if (@case.TryGetProperty("error", out _))
        {
            Assert.Throws<Artifact.LlmcException>(() => tokenizer.Encode(text.GetString()!, addSpecialTokens: true));
            return;
        }
        var ids = Ints(@case.GetProperty("ids"));
        AssertSame(string.Join(' ', ids), string.Join(' ', tokenizer.Encode(text.GetString()!, addSpecialTokens: true)), json, text);
        var plain = Ints(@case.GetProperty("ids_plain"));
        AssertSame(string.Join(' ', plain), string.Join(' ', tokenizer.Encode(text.GetString()!, addSpecialTokens: false)), json, text);
        AssertSame(@case.GetProperty("decoded").GetString()!, tokenizer.Decode(ids, skipSpecialTokens: false), json, text);
        AssertSame(@case.GetProperty("decoded_skip").GetString()!, tokenizer.Decode(ids, skipSpecialTokens: true), json, text);
        if (@case.GetProperty("stream").ValueKind == JsonValueKind.Null) return;
        var detokenizer = tokenizer.CreateDetokenizer(skipSpecialTokens: false);
        var pieces = plain.Select(detokenizer.Append).ToArray();
        if (pieces.Length > 0) pieces[^1] += detokenizer.Flush();
        AssertSame(Join(@case.GetProperty("stream")), string.Join('\u241F', pieces), json, text);
    }

    static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    static string Join(JsonElement list) => string.Join('\u241F', list.EnumerateArray().Select(piece => piece.GetString()));

    static void AssertSame(string expected, string actual, JsonElement json, JsonElement input)
    {
        if (expected == actual) return;
        var section = json.GetRawText();
        Assert.Fail($"{(section.Length > 400 ? section[..400] : section)}\n  of       {input}\n  expected {JsonSerializer.Serialize(expected)}\n  actual   {JsonSerializer.Serialize(actual)}");
    }
}
