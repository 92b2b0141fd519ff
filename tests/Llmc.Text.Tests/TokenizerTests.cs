using System.Buffers;
using System.Text;
using CsCheck;
using Llmc.Text.Models;

namespace Llmc.Text.Tests;

public class TokenizerTests
{
    static HuggingFaceTokenizer Load(string style) => HuggingFaceTokenizer.Load(Repository.PathOf("tests", "goldens", "tokenizers", style));

    static HuggingFaceTokenizer Parse(string json) => HuggingFaceTokenizer.Parse(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void The_demo_checkpoint_says_what_its_special_tokens_are()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Repository.PathOf("examples", "kjv-llama"));
        Assert.Equal("<|begin|>", tokenizer.BeginToken);
        Assert.Equal(tokenizer.Find("<|begin|>"), tokenizer.BeginId);
        Assert.Equal(tokenizer.Find("<|end|>"), tokenizer.EndId);
        Assert.Contains(tokenizer.BeginId!.Value, tokenizer.SpecialIds);
        Assert.Equal(tokenizer.PrependsBeginToken, tokenizer.Encode("x", addSpecialTokens: true)[0] == tokenizer.BeginId);
    }

    [Fact]
    public void A_special_token_may_be_given_with_its_properties()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["tokenizer.json"], """{"model": {"type": "WordLevel", "vocab": {"<s>": 0, "<unk>": 1}}}""");
        File.WriteAllText(folder["tokenizer_config.json"], """{"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": null, "add_bos_token": true}""");
        var tokenizer = HuggingFaceTokenizer.Load(folder.Path);
        Assert.Equal((0, null, true), (tokenizer.BeginId, tokenizer.EndId, tokenizer.AddBeginToken));
    }

    [Theory]
    [InlineData("llama3")]
    [InlineData("llama2")]
    [InlineData("unigram")]
    public void The_bytes_of_tokens_spell_the_text(string style)
    {
        var tokenizer = Load(style);
        const string Text = " In the beginning, 123 naïve";
        var bytes = tokenizer.Encode(Text, addSpecialTokens: false).SelectMany(tokenizer.BytesOf).ToArray();
        Assert.Equal(Text.Trim(), Encoding.UTF8.GetString(bytes).Trim());
    }

    [Fact]
    public void A_byte_token_is_one_byte()
    {
        var tokenizer = Load("llama2");
        Assert.Equal([0xE6], tokenizer.BytesOf(tokenizer.Find("<0xE6>")!.Value));
        Assert.Equal(" "u8.ToArray(), tokenizer.BytesOf(tokenizer.Find("▁")!.Value));
        Assert.Empty(tokenizer.BytesOf(tokenizer.VocabularySize));
    }

    [Theory, MemberData(nameof(GoldenTokenizerTests.Styles), MemberType = typeof(GoldenTokenizerTests))]
    public void Streaming_any_ids_gives_what_decoding_them_gives(string style)
    {
        var tokenizer = Load(style);
        // A run of byte tokens that turns out not to be text is one U+FFFD a byte when decoded at once, and what has been
        // shown of it cannot be taken back: such runs are compared without their U+FFFD.
        Gen.Int[0, tokenizer.VocabularySize].Array[0, 40].Sample(ids =>
        {
            var detokenizer = tokenizer.CreateDetokenizer(skipSpecialTokens: true);
            var streamed = string.Concat(ids.Select(detokenizer.Append)) + detokenizer.Flush();
            var decoded = tokenizer.Decode(ids, skipSpecialTokens: true);
            return streamed == decoded || decoded.Contains('\uFFFD', StringComparison.Ordinal) && tokenizer.Find("<0x00>") is not null;
        });
    }

    [Theory, MemberData(nameof(GoldenTokenizerTests.Styles), MemberType = typeof(GoldenTokenizerTests))]
    public void Streaming_never_ends_inside_a_character(string style)
    {
        var tokenizer = Load(style);
        Gen.String.Where(text => Unicode.CodePoints.IndexOfLoneSurrogate(text) < 0 && !text.Contains('\uFFFD', StringComparison.Ordinal)).Sample(text =>
        {
            var detokenizer = tokenizer.CreateDetokenizer(skipSpecialTokens: false);
            return tokenizer.Encode(text, addSpecialTokens: false).Select(detokenizer.Append).All(piece => !piece.Contains('\uFFFD', StringComparison.Ordinal));
        });
    }

    [Fact]
    public void An_answer_that_goes_on_from_a_prompt_keeps_its_first_space()
    {
        var tokenizer = Load("llama2");
        var (prompt, answer) = (tokenizer.Encode("the", addSpecialTokens: true), tokenizer.Encode("beginning", addSpecialTokens: false));
        Assert.StartsWith("b", answer.Aggregate("", (text, id) => text + tokenizer.Decode([id], skipSpecialTokens: true)), StringComparison.Ordinal);
        var detokenizer = tokenizer.CreateDetokenizer(skipSpecialTokens: true, before: prompt);
        Assert.Equal(" beginning", string.Concat(answer.Select(detokenizer.Append)) + detokenizer.Flush());
    }

    [Fact]
    public void A_narrow_destination_gets_the_tokens_that_fit()
    {
        var tokenizer = Load("gpt2");
        var ids = tokenizer.Encode("the beginning of all things", addSpecialTokens: false);
        var destination = new char[12];
        Assert.Equal(OperationStatus.DestinationTooSmall, tokenizer.Decode(ids, destination, out var consumed, out var written));
        Assert.Equal(tokenizer.Decode(ids.AsSpan(0, consumed), skipSpecialTokens: false), new string(destination, 0, written));
        Assert.Equal(OperationStatus.Done, tokenizer.Decode(ids, new char[100], out consumed, out _));
        Assert.Equal(ids.Length, consumed);
    }

    [Fact]
    public void A_budget_of_tokens_says_where_the_text_was_cut()
    {
        var tokenizer = Load("gpt2");
        const string Text = "the beginning of all things";
        var cut = tokenizer.GetIndexByTokenCount(Text, 3, out var seen, out var count);
        Assert.Equal(3, count);
        Assert.Equal(tokenizer.EncodeToIds(Text).Take(3), tokenizer.EncodeToIds(Text[..cut]));
        Assert.Equal(Text.Length, seen!.Length);
    }

    [Fact]
    public void Long_words_merge_as_short_ones_do()
    {
        var random = new Random(7);
        var merges = new MergeTable(20);
        for (var rank = 0; rank < 20; rank++) merges.Add(random.Next(6), random.Next(6), rank, random.Next(6));
        for (var length = 2; length < 300; length += 7)
        {
            var word = Enumerable.Range(0, length).Select(_ => random.Next(6)).ToArray();
            var expected = MergeSlowly(merges, [.. word]);
            Assert.Equal(expected, word[..BytePairs.Merge(merges, word)]);
        }
    }

    static List<int> MergeSlowly(MergeTable merges, List<int> symbols)
    {
        while (true)
        {
            var least = Enumerable.Range(0, symbols.Count - 1).DefaultIfEmpty(-1)
                .MinBy(i => i < 0 ? MergeTable.NoMerge : merges.RankOf(symbols[i], symbols[i + 1], out _));
            if (least < 0 || merges.RankOf(symbols[least], symbols[least + 1], out var merged) == MergeTable.NoMerge) return symbols;
            symbols[least] = merged;
            symbols.RemoveAt(least + 1);
        }
    }

    [Fact]
    public void Merges_may_stand_before_the_vocabulary_and_as_texts()
    {
        var tokenizer = Parse("""{"model": {"merges": ["#version: 0.2", "a b"], "vocab": {"a": 0, "b": 1, "ab": 2}, "type": "BPE"}}""");
        Assert.Equal([2, 0], tokenizer.Encode("aba", addSpecialTokens: false));
    }

    [Fact]
    public void Added_tokens_are_numbered_on_from_the_vocabulary()
    {
        var tokenizer = Parse("""
            {"added_tokens": [{"id": 9, "content": "<x>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
                              {"id": 0, "content": "a", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": false}],
             "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}}
            """);
        Assert.Equal([0, 2, 1], tokenizer.Encode("a<x>b", addSpecialTokens: false));
        Assert.Equal(3, tokenizer.VocabularySize);
    }

    [Fact]
    public void One_tokenizer_serves_several_threads()
    {
        var tokenizer = Load("llama3");
        var words = File.ReadAllText(Repository.PathOf("examples", "heldout.txt"))[..20000].Split(' ');
        var expected = words.Select(word => tokenizer.Encode(word, addSpecialTokens: false)).ToArray();
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < words.Length; i++) Assert.Equal(expected[i], tokenizer.Encode(words[i], addSpecialTokens: false));
        });
    }
}
