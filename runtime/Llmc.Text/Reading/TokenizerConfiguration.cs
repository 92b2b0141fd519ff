using System.Text.Json;
using Llmc.Artifact;

namespace Llmc.Text.Reading;

/// <summary>What tokenizer_config.json says beside tokenizer.json; all of it may be absent.</summary>
sealed record TokenizerConfiguration(string? BeginToken, string? EndToken, bool? AddBeginToken)
{
    public static TokenizerConfiguration Read(string path)
    {
        if (!File.Exists(path)) return new(null, null, null);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Diagnostics.TokenizerUnreadable.With(path, "it is not an object");
            var json = new Component(path, "the file", document.RootElement);
            return new(ReadToken(json, "bos_token"), ReadToken(json, "eos_token"), json.Has("add_bos_token") ? json.Bool("add_bos_token") : null);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw Diagnostics.TokenizerUnreadable.Because(problem, path, problem.Message);
        }
    }

    // A text, or an added token with its properties.
    static string? ReadToken(Component json, string field) =>
        !json.Has(field) ? null : json.Json.GetProperty(field).ValueKind == JsonValueKind.Object ? json.Object(field).String("content") : json.String(field);
}
