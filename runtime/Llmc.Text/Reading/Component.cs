using System.Text.Json;
using Llmc.Artifact;

namespace Llmc.Text.Reading;

/// <summary>A JSON object of a tokenizer file, read strictly: what is missing or of the wrong kind is a diagnostic.</summary>
/// <param name="File">For messages.</param>
/// <param name="Name">Where the object stands in the file: <c>pre_tokenizer.pretokenizers[1]</c>.</param>
/// <param name="Json">The object.</param>
readonly record struct Component(string File, string Name, JsonElement Json)
{
    public string Type => String("type");

    public LlmcException Unknown(string kind) => Diagnostics.TokenizerComponentUnknown.With(File, kind, Type);

    public LlmcException Wrong(string field, string expected, JsonElement found) =>
        Diagnostics.TokenizerFieldWrong.With(File, Name, field, expected, Shorten(found));

    public bool Has(string field) => Find(field) is not null;

    public string String(string field) => Get(field, JsonValueKind.String, "a text").GetString()!;

    public string? OptionalString(string field) => Has(field) ? String(field) : null;

    public bool Bool(string field) => Find(field) is { } value ? AsBool(field, value) : throw Missing(field);

    public bool Bool(string field, bool otherwise) => Find(field) is { } value ? AsBool(field, value) : otherwise;

    public int Integer(string field) => Find(field) is { } value ? AsInteger(field, value) : throw Missing(field);

    /// <summary>A text of exactly one UTF-16 unit.</summary>
    public char Character(string field) => String(field) is [var only] ? only : throw Wrong(field, "one character", Json.GetProperty(field));

    public Component Object(string field) => new(File, $"{Name}.{field}", Get(field, JsonValueKind.Object, "an object"));

    public IEnumerable<JsonElement> Array(string field) => Get(field, JsonValueKind.Array, "a list").EnumerateArray();

    /// <summary>The objects of a list.</summary>
    public List<Component> Objects(string field)
    {
        var (objects, file, name) = (new List<Component>(), File, Name);
        foreach (var item in Array(field))
        {
            if (item.ValueKind != JsonValueKind.Object) throw Wrong(field, "a list of objects", item);
            objects.Add(new(file, $"{name}.{field}[{objects.Count}]", item));
        }
        return objects;
    }

    JsonElement Get(string field, JsonValueKind kind, string expected) =>
        Find(field) is not { } value ? throw Missing(field) : value.ValueKind == kind ? value : throw Wrong(field, expected, value);

    JsonElement? Find(string field) =>
        Json.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    LlmcException Missing(string field) => Diagnostics.TokenizerFieldMissing.With(File, Name, field);

    bool AsBool(string field, JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(field, "true or false", value);

    int AsInteger(string field, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 ? number : throw Wrong(field, "a whole number from 0", value);

    static string Shorten(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : value.GetRawText();
}
