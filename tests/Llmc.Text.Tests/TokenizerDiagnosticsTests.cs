using System.Text;
using Llmc.Artifact;

namespace Llmc.Text.Tests;

/// <summary>Broken and unsupported tokenizer files: each says what is wrong and where.</summary>
public class TokenizerDiagnosticsTests
{
    const string Model = """ "model": {"type": "BPE", "continuing_subword_prefix": null, "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]} """;

    static LlmcException Refusal(string json) => Assert.Throws<LlmcException>(() => HuggingFaceTokenizer.Parse(Encoding.UTF8.GetBytes(json)));

    static void IsRefused(Diagnostic diagnostic, string json, string expected)
    {
        var refusal = Refusal(json);
        Assert.Equal(diagnostic, refusal.Diagnostic);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_named()
    {
        using var folder = new TemporaryFolder();
        var refusal = Assert.Throws<LlmcException>(() => HuggingFaceTokenizer.Load(folder.Path));
        Assert.Equal(Diagnostics.TokenizerMissing, refusal.Diagnostic);
        Assert.Contains(folder.Path, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "JSON")]
    [InlineData("{\"model\": {\"vocab\": {\"a\": 0", "JSON")]
    [InlineData("{\"version\": \"1.0\"} trailing", "JSON")]
    [InlineData("{\"model\": {\"vocab\": {\"\\ud800\": 0}}}", "JSON")]
    public void A_file_that_is_not_json_is_unreadable(string json, string expected) => IsRefused(Diagnostics.TokenizerUnreadable, json, expected);

    [Fact]
    public void Nesting_without_end_is_unreadable() => IsRefused(Diagnostics.TokenizerUnreadable,
        "{\"normalizer\": " + string.Concat(Enumerable.Repeat("{\"type\":\"Sequence\",\"normalizers\":[", 1000)), "JSON");

    [Theory]
    [InlineData("""{"normalizer": {"type": "Uppercase"}, MODEL}""", "normalizer 'Uppercase'")]
    [InlineData("""{"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "UnicodeScripts"}]}, MODEL}""", "pre-tokenizer 'UnicodeScripts'")]
    [InlineData("""{"post_processor": {"type": "Magic"}, MODEL}""", "post-processor 'Magic'")]
    [InlineData("""{"decoder": {"type": "CTC"}, MODEL}""", "decoder 'CTC'")]
    [InlineData("""{"model": {"type": "Neural", "vocab": {}}}""", "model 'Neural'")]
    public void An_unknown_component_is_refused_by_name(string json, string expected) =>
        IsRefused(Diagnostics.TokenizerComponentUnknown, json.Replace("MODEL", Model, StringComparison.Ordinal), expected);

    [Theory]
    [InlineData("[]", "'model'")]
    [InlineData("{}", "'model'")]
    [InlineData("""{"model": {"type": "BPE", "merges": []}}""", "'vocab'")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}}}""", "'merges'")]
    [InlineData("""{"normalizer": {"type": "Prepend"}, MODEL}""", "normalizer has no 'prepend'")]
    [InlineData("""{"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "content": ""}]}, MODEL}""", "normalizer.normalizers[1] has no 'pattern'")]
    [InlineData("""{"normalizer": {}, MODEL}""", "'type'")]
    [InlineData("""{"added_tokens": [{"content": "x"}], MODEL}""", "added_tokens[0] has no 'id'")]
    public void A_missing_field_is_named(string json, string expected) =>
        IsRefused(Diagnostics.TokenizerFieldMissing, json.Replace("MODEL", Model, StringComparison.Ordinal), expected);

    [Theory]
    [InlineData("""{"normalizer": 3, MODEL}""", "'normalizer' should be an object but is Number")]
    [InlineData("""{"normalizer": {"type": "Strip", "strip_left": "yes", "strip_right": true}, MODEL}""", "'strip_left' should be true or false but is \"yes\"")]
    [InlineData("""{"pre_tokenizer": {"type": "Metaspace", "replacement": "__"}, MODEL}""", "'replacement' should be one character")]
    [InlineData("""{"pre_tokenizer": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "last"}, MODEL}""", "always, first or never")]
    [InlineData("""{"pre_tokenizer": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "first", "add_prefix_space": false}, MODEL}""", "'prepend_scheme' should be never")]
    [InlineData("""{"pre_tokenizer": {"type": "Punctuation", "behavior": "Explode"}, MODEL}""", "'behavior' should be Removed")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b c"]}}""", "'merges[0]' should be two tokens")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a"]]}}""", "'merges[0]' should be two tokens")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [7]}}""", "'merges[0]' should be two tokens")]
    [InlineData("""{"model": {"type": "BPE", "dropout": 0.1, "vocab": {"a": 0}, "merges": []}}""", "'dropout' should be null or 0")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": [["a"]]}}""", "'vocab[0]' should be a token and its score")]
    [InlineData("""{"model": {"type": "Unigram", "unk_id": 5, "vocab": [["a", -1.0]]}}""", "'unk_id' should be below the 1 tokens")]
    [InlineData("""{"model": {"type": "WordLevel", "vocab": [["a", -1.0]]}}""", "'vocab' should be an object")]
    [InlineData("""{"post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "B", "type_id": 0}}], "special_tokens": {}}, MODEL}""", "a template with the text A once")]
    [InlineData("""{"post_processor": {"type": "BertProcessing", "sep": ["[SEP]"], "cls": ["[CLS]", 1]}, MODEL}""", "'cls'|'sep'")]
    [InlineData("""{"added_tokens": {"a": 1}, MODEL}""", "'added_tokens' should be a list")]
    public void A_wrong_field_says_what_it_should_be(string json, string expected)
    {
        var refusal = Refusal(json.Replace("MODEL", Model, StringComparison.Ordinal));
        Assert.Equal(Diagnostics.TokenizerFieldWrong, refusal.Diagnostic);
        Assert.Contains(expected.Split('|'), part => refusal.Message.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"model": {"type": "BPE", "continuing_subword_prefix": null, "vocab": {"a": 0, "b": 1}, "merges": [["a", "b"]]}}""", "model.merges[0]", "'ab'")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a a", "c d"]}}""", "model.merges[0] (a a)", "'aa'")]
    [InlineData("""{"model": {"merges": ["x y"], "vocab": {"a": 0}, "type": "BPE"}}""", "model.merges[0] (x y)", "'x'")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa a"]}}""", "model.merges[0]", "aaaa")]
    public void A_merge_of_what_is_not_in_the_vocabulary_is_named(string json, string where, string token)
    {
        IsRefused(Diagnostics.MergeNamesUnknownToken, json, where);
        IsRefused(Diagnostics.MergeNamesUnknownToken, json, token);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("4294967295")]
    [InlineData("1.5")]
    [InlineData("null")]
    public void An_absurd_id_is_refused(string id) =>
        IsRefused(Diagnostics.TokenIdOutOfRange, """{"model": {"type": "BPE", "vocab": {"a": ID}, "merges": []}}""".Replace("ID", id, StringComparison.Ordinal), $"'a' has the id {id}");

    [Theory]
    [InlineData("(", 0)]
    [InlineData("a)", 1)]
    [InlineData(@"(a)\1", 3)]
    [InlineData("x(?y)", 1)]
    [InlineData("[a", 0)]
    [InlineData("*", 0)]
    [InlineData(@"\p{Klingon}", 0)]
    [InlineData("(?i:é)", 5)]
    [InlineData("(?i:ss)", 5)]
    [InlineData("(?<=a+)b", 0)]
    [InlineData("a{5,2}", 1)]
    [InlineData("(((((a{99}){99}){99}){99}){99})", 0)]
    [InlineData("\\", 0)]
    public void A_pattern_that_is_not_supported_is_shown_with_the_place(string pattern, int position)
    {
        var escaped = pattern.Replace("\\", "\\\\", StringComparison.Ordinal);
        var json = """{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "PATTERN"}, "behavior": "Isolated", "invert": false}, MODEL}"""
            .Replace("PATTERN", escaped, StringComparison.Ordinal).Replace("MODEL", Model, StringComparison.Ordinal);
        IsRefused(Diagnostics.PatternNotSupported, json, $"at position {position} ");
    }

    [Theory]
    [InlineData("!!!!")]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("/////w==")]
    public void A_broken_character_map_is_refused(string map) =>
        IsRefused(Diagnostics.CharacterMapBroken, $$"""{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "{{map}}"}, {{Model}} }""", "precompiled_charsmap");

    [Fact]
    public void Half_a_surrogate_pair_is_not_text()
    {
        var tokenizer = HuggingFaceTokenizer.Parse(Encoding.UTF8.GetBytes($"{{ {Model} }}"));
        var refusal = Assert.Throws<LlmcException>(() => tokenizer.Encode("ab\uD83D", addSpecialTokens: false));
        Assert.Equal(Diagnostics.TextNotWellFormed, refusal.Diagnostic);
        Assert.Contains("position 2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_beyond_the_vocabulary_names_the_unknown_token_that_is_missing()
    {
        var tokenizer = HuggingFaceTokenizer.Parse("""{"model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {"a": 0}}}"""u8);
        var refusal = Assert.Throws<LlmcException>(() => tokenizer.Encode("b", addSpecialTokens: false));
        Assert.Equal(Diagnostics.UnknownTokenMissing, refusal.Diagnostic);
        Assert.Contains("[UNK]", refusal.Message, StringComparison.Ordinal);
    }
}
