using System.Text.Json;
using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>
/// The JSON header: <c>{"name": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}, …, "__metadata__": {…}}</c>.
/// A header may come from anyone: whatever stands in it, parsing ends in a valid layout or in a diagnostic.
/// </summary>
sealed record SafetensorsHeader(IReadOnlyList<TensorEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    const string MetadataKey = "__metadata__";

    /// <summary>Parses and checks a header whose tensors lie from <paramref name="dataOffset"/> to the end of the file.</summary>
    internal static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> header, long dataOffset, long fileLength)
    {
        try
        {
            var (entries, metadata) = ReadObject(path, header);
            SafetensorsLayout.Check(path, entries, dataOffset, fileLength);
            return new(entries, metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not UTF-8, or half a surrogate pair.
            throw Diagnostics.HeaderContent.Because(e, path, e.Message.TrimEnd('.'));
        }
    }

    static (List<TensorEntry>, Dictionary<string, string>) ReadObject(string path, ReadOnlySpan<byte> header)
    {
        var reader = new Utf8JsonReader(header);
        var names = new HashSet<string>();
        var entries = new List<TensorEntry>();
        var metadata = new Dictionary<string, string>();
        Require(ref reader, JsonTokenType.StartObject, "an object of tensors");
        while (NextKey(ref reader) is { } name)
        {
            if (!names.Add(name)) throw Diagnostics.TensorDuplicate.With(path, name, "the same header");
            if (name == MetadataKey) metadata = ReadMetadata(ref reader);
            else entries.Add(ReadEntry(path, name, ref reader));
        }
        reader.Read(); // Throws where anything but blanks follows: writers pad the header with spaces.
        return (entries, metadata);
    }

    static TensorEntry ReadEntry(string path, string name, ref Utf8JsonReader reader)
    {
        (string? dtype, long[]? shape, long[]? offsets) = (null, null, null);
        Require(ref reader, JsonTokenType.StartObject, $"tensor '{name}': an object");
        while (NextKey(ref reader) is { } key)
        {
            if (key == "dtype" && dtype is null) dtype = Text(ref reader, $"tensor '{name}': dtype");
            else if (key == "shape" && shape is null) shape = Sizes(ref reader, $"tensor '{name}': shape");
            else if (key == "data_offsets" && offsets is null) offsets = Sizes(ref reader, $"tensor '{name}': data_offsets");
            else throw new JsonException($"tensor '{name}' has a field '{key}' that is unknown or stands there twice");
        }
        if (dtype is null || shape is null || offsets is not [var begin, var end])
            throw new JsonException($"tensor '{name}' should have a dtype, a shape and two data_offsets");
        if (!SafetensorsDTypes.TryParse(dtype, out var type))
            throw Diagnostics.TensorDType.With(path, name, dtype, SafetensorsDTypes.Known);
        return new(name, type, shape, begin, end);
    }

    static Dictionary<string, string> ReadMetadata(ref Utf8JsonReader reader)
    {
        var metadata = new Dictionary<string, string>();
        Require(ref reader, JsonTokenType.StartObject, $"{MetadataKey}: an object of strings");
        while (NextKey(ref reader) is { } key) metadata[key] = Text(ref reader, MetadataKey);
        return metadata;
    }

    /// <summary>The next key of the object that the reader is in, or null at its end.</summary>
    static string? NextKey(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;

    static string Text(ref Utf8JsonReader reader, string what)
    {
        Require(ref reader, JsonTokenType.String, $"{what}: a string");
        return reader.GetString()!;
    }

    static long[] Sizes(ref Utf8JsonReader reader, string what)
    {
        var sizes = new List<long>(4);
        Require(ref reader, JsonTokenType.StartArray, $"{what}: a list");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var size) || size < 0)
                throw new JsonException($"{what} should hold integers from 0 to {long.MaxValue}");
            sizes.Add(size);
        }
        return [.. sizes];
    }

    static void Require(ref Utf8JsonReader reader, JsonTokenType type, string expected)
    {
        if (!reader.Read() || reader.TokenType != type) throw new JsonException($"{expected} is expected at byte {reader.TokenStartIndex}");
    }
}
