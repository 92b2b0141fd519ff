using System.Text.Json;
using Llmc.Text.PostProcessing;

namespace Llmc.Text.Reading;

/// <summary>Reads the post_processor section, of which the part for a single text matters here.</summary>
static class PostProcessorReader
{
    public static PostProcessor Read(Component json) => json.Type switch
    {
        "Sequence" => ReadSequence(json),
        "TemplateProcessing" => ReadTemplate(json),
        "BertProcessing" or "RobertaProcessing" => new([ReadIdOfPair(json, "cls")], [ReadIdOfPair(json, "sep")]),
        "ByteLevel" => PostProcessor.None,   // concerns offsets only
        _ => throw json.Unknown("post-processor"),
    };

    // Two that both add tokens would be applied to each other's tokens: nobody publishes that.
    static PostProcessor ReadSequence(Component json)
    {
        var adding = json.Objects("processors").Select(Read).Where(processor => !processor.AddsNothing).ToList();
        return adding.Count < 2 ? adding.FirstOrDefault(PostProcessor.None)
            : throw json.Wrong("processors", "a list with at most one that adds tokens", json.Json.GetProperty("processors"));
    }

    static PostProcessor ReadTemplate(Component json)
    {
        var (before, after, seenText) = (new List<int>(), new List<int>(), false);
        foreach (var piece in json.Objects("single"))
        {
            if (piece.Has("SpecialToken")) (seenText ? after : before).AddRange(ReadSpecialToken(json, piece.Object("SpecialToken").String("id")));
            else if (!seenText && piece.Object("Sequence").String("id") == "A") seenText = true;
            else throw json.Wrong("single", "a template with the text A once", json.Json.GetProperty("single"));
        }
        return seenText ? new(before, after) : throw json.Wrong("single", "a template with the text A once", json.Json.GetProperty("single"));
    }

    static IEnumerable<int> ReadSpecialToken(Component template, string name)
    {
        var token = template.Object("special_tokens").Object(name);
        foreach (var id in token.Array("ids"))
            yield return id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number) && number >= 0 ? number : throw token.Wrong("ids", "a list of ids", id);
    }

    // ["[CLS]", 101]
    static int ReadIdOfPair(Component json, string field)
    {
        var pair = json.Array(field).ToList();
        return pair.Count == 2 && pair[1].ValueKind == JsonValueKind.Number && pair[1].TryGetInt32(out var id) && id >= 0
            ? id : throw json.Wrong(field, "a token and its id", json.Json.GetProperty(field));
    }
}
