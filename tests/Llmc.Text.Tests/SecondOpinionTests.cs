using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace Llmc.Text.Tests;

/// <summary>Microsoft.ML.Tokenizers' own byte-level BPE, which is right on ordinary text.</summary>
public class SecondOpinionTests
{
    static string Folder => Repository.PathOf("tests", "goldens", "tokenizers", "gpt2");

    static BpeTokenizer Theirs()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "tokenizer.json")));
        var model = json.RootElement.GetProperty("model");
        var pattern = new Regex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+");
        return BpeTokenizer.Create(new BpeOptions(model.GetProperty("vocab").EnumerateObject().Select(token => KeyValuePair.Create(token.Name, token.Value.GetInt32())))
        {
            Merges = [.. model.GetProperty("merges").EnumerateArray().Select(merge => $"{merge[0].GetString()} {merge[1].GetString()}")],
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(pattern, null),
        });
    }

    [Fact]
    public void Two_implementations_agree_on_a_book()
    {
        var (ours, theirs) = (HuggingFaceTokenizer.Load(Folder), Theirs());
        foreach (var paragraph in File.ReadAllText(Repository.PathOf("examples", "heldout.txt")).Chunk(997).Select(characters => new string(characters)))
        {
            Assert.Equal(theirs.EncodeToIds(paragraph), ours.EncodeToIds(paragraph));
            Assert.Equal(theirs.CountTokens(paragraph), ours.CountTokens(paragraph));
        }
    }
}
