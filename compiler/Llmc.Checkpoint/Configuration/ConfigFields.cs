using System.Text.Json;
using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>
/// A JSON object read by field. Getters take every spelling of a fact and answer the first one that is written, or null where
/// none is written or all are JSON's null; a value of the wrong type or range is a diagnostic that names file and field.
/// </summary>
/// <param name="file">Path of the file.</param>
/// <param name="path">Where in the file the object stands: empty, or <c>text_config.</c></param>
sealed class ConfigFields(string file, string path, JsonElement element)
{
    /// <summary>Whether the field is written at all, if only as null.</summary>
    internal bool IsWritten(string name) => element.TryGetProperty(name, out _);

    internal int? Int(long min, long max, params ReadOnlySpan<string> names) =>
        Find(names, out var name) is { } value ? AsInt(name, value, min, max) : null;

    internal double? Number(double min, double max, params ReadOnlySpan<string> names) =>
        Find(names, out var name) is { } value ? AsNumber(name, value, min, max) : null;

    /// <summary>A number above another field's.</summary>
    internal double? NumberAbove(double other, string otherName, string name)
    {
        if (Find([name], out _) is not { } value) return null;
        var number = AsNumber(name, value, Limits.Smallest, Limits.Factor);
        return number > other
            ? number
            : throw OutOfRange(name, FormattableString.Invariant($"above '{otherName}', {other}"), value);
    }

    internal bool? Flag(params ReadOnlySpan<string> names) =>
        Find(names, out var name) is { } value ? AsFlag(name, value) : null;

    /// <summary>As <see cref="Flag"/>, where the file may also write <paramref name="word"/>, which counts as true.</summary>
    internal bool? FlagOr(string word, string name) =>
        Find([name], out _) is { ValueKind: JsonValueKind.String } text && text.ValueEquals(word) ? true : Flag(name);

    internal string? Text(params ReadOnlySpan<string> names) =>
        Find(names, out var name) is { } value ? AsText(name, value) : null;

    /// <summary>What the field's spelling means.</summary>
    internal T? Choice<T>(IReadOnlyDictionary<string, T> known, params ReadOnlySpan<string> names) where T : struct =>
        Find(names, out var name) is { } value ? AsChoice(name, value, known) : null;

    internal IReadOnlyList<int>? Ints(long min, long max, string name) => List(name, entry => AsInt(name, entry, min, max));

    internal IReadOnlyList<double>? Numbers(double min, double max, string name) =>
        List(name, entry => AsNumber(name, entry, min, max));

    internal IReadOnlyList<string>? Texts(string name) => List(name, entry => AsText(name, entry));

    internal IReadOnlyList<T>? Choices<T>(IReadOnlyDictionary<string, T> known, string name) where T : struct =>
        List(name, entry => AsChoice(name, entry, known));

    /// <summary>A token id; some old files write −1 for none.</summary>
    internal int? TokenId(string name) => Int(-1, int.MaxValue, name) is >= 0 and var id ? id : null;

    /// <summary>A list of token ids, or a single one written without brackets.</summary>
    internal IReadOnlyList<int>? TokenIds(string name) =>
        Find([name], out _) is { ValueKind: JsonValueKind.Number } single
            ? [AsInt(name, single, 0, int.MaxValue)]
            : Ints(0, int.MaxValue, name);

    internal ConfigFields? Object(params ReadOnlySpan<string> names) =>
        Find(names, out var name) is { } value ? AsObject(name, value) : null;

    /// <summary>The fields, each an object itself, in the order of the file.</summary>
    internal IEnumerable<ConfigFields> Objects() => element.EnumerateObject().Select(field => AsObject(field.Name, field.Value));

    /// <summary>Whether there are fields and every one of them bears one of these names.</summary>
    internal bool HasOnly(IEnumerable<string> names) =>
        element.EnumerateObject().Any() && element.EnumerateObject().All(field => names.Contains(field.Name));

    internal LlmcException Missing(string name) => Diagnostics.ConfigFieldMissing.With(file, path + name);

    internal LlmcException WrongLength(string name, int expected, string entry, int found) =>
        Diagnostics.ConfigListLength.With(file, path + name, expected, entry, found);

    internal LlmcException NotAMultiple(string name, int value, string divisor) =>
        Diagnostics.ConfigNotAMultiple.With(file, path + name, value, divisor);

    internal LlmcException UnknownQuantization(string method, IEnumerable<string> known) =>
        Diagnostics.QuantizationUnknown.With(file, method, Listed(known));

    internal LlmcException NoWindow(int layer) => Diagnostics.ConfigWindowMissing.With(file, layer);

    JsonElement? Find(ReadOnlySpan<string> names, out string found)
    {
        foreach (var name in names)
        {
            found = name;
            if (element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null) return value;
        }
        found = names[0];
        return null;
    }

    IReadOnlyList<T>? List<T>(string name, Func<JsonElement, T> entry)
    {
        if (Find([name], out _) is not { } list) return null;
        return list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(entry)]
            : throw WrongType(name, "a list", list);
    }

    int AsInt(string name, JsonElement value, long min, long max)
    {
        // Some exporters write 8192.0 for 8192.
        var number = AsNumber(name, value, double.MinValue, double.MaxValue);
        return number >= min && number <= max && number == Math.Truncate(number)
            ? (int)number
            : throw OutOfRange(name, $"an integer from {min} to {max}", value);
    }

    double AsNumber(string name, JsonElement value, double min, double max)
    {
        if (value.ValueKind != JsonValueKind.Number) throw WrongType(name, "a number", value);
        var number = value.GetDouble();
        return number >= min && number <= max ? number : throw OutOfRange(name, Allowed(min, max), value);
    }

    bool AsFlag(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw WrongType(name, "true or false", value),
    };

    string AsText(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw WrongType(name, "a string", value);

    T AsChoice<T>(string name, JsonElement value, IReadOnlyDictionary<string, T> known) =>
        known.TryGetValue(AsText(name, value), out var meaning)
            ? meaning
            : throw Diagnostics.ConfigValueUnknown.With(file, path + name, value.GetString(), Listed(known.Keys));

    ConfigFields AsObject(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? new(file, $"{path}{name}.", value) : throw WrongType(name, "an object", value);

    LlmcException WrongType(string name, string expected, JsonElement found) =>
        Diagnostics.ConfigFieldType.With(file, path + name, expected, Shown(found));

    LlmcException OutOfRange(string name, string allowed, JsonElement found) =>
        Diagnostics.ConfigFieldRange.With(file, path + name, allowed, Shown(found));

    static string Allowed(double min, double max) => min == Limits.Smallest
        ? FormattableString.Invariant($"above 0 and at most {max}")
        : FormattableString.Invariant($"from {min} to {max}");

    static string Listed(IEnumerable<string> words) => string.Join(", ", words.Order(StringComparer.Ordinal));

    /// <summary>The value as the file writes it, cut where it is long.</summary>
    static string Shown(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? $"{text[..60]}…" : value.GetRawText();
}
