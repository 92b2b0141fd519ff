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

    /// <summary>Dimensions of a tensor; more than any library makes.</summary>
    const int MaxSizes = 64;

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
        Require(ref reader, JsonTokenType.StartObject, "the header", "its value");
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
        Require(ref reader, JsonTokenType.StartObject, name, "its value");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (dtype is null && reader.ValueTextEquals("dtype"u8)) dtype = Text(ref reader, name, "dtype");
            else if (shape is null && reader.ValueTextEquals("shape"u8)) shape = Sizes(ref reader, name, "shape");
            else if (offsets is null && reader.ValueTextEquals("data_offsets"u8)) offsets = Sizes(ref reader, name, "offsets");
            else throw new JsonException($"'{name}' has a field '{reader.GetString()}' that is unknown or stands there twice");
        }
        if (dtype is null || shape is null || offsets is not [var begin, var end])
            throw new JsonException($"'{name}' should have a dtype, a shape and two data_offsets");
        if (!SafetensorsDTypes.TryParse(dtype, out var type))
            throw Diagnostics.TensorDType.With(path, name, dtype, SafetensorsDTypes.Known);
        return new(name, type, shape, begin, end);
    }

    static Dictionary<string, string> ReadMetadata(ref Utf8JsonReader reader)
    {
        var metadata = new Dictionary<string, string>();
        Require(ref reader, JsonTokenType.StartObject, MetadataKey, "its value");
        while (NextKey(ref reader) is { } key) metadata[key] = Text(ref reader, MetadataKey, key);
        return metadata;
    }

    /// <summary>The next key of the object that the reader is in, or null at its end.</summary>
    static string? NextKey(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;

    static string Text(ref Utf8JsonReader reader, string owner, string field)
    {
        Require(ref reader, JsonTokenType.String, owner, field);
        return reader.GetString()!;
    }

    static long[] Sizes(ref Utf8JsonReader reader, string owner, string field)
    {
        Span<long> sizes = stackalloc long[MaxSizes];
        var count = 0;
        Require(ref reader, JsonTokenType.StartArray, owner, field);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var isSize = count < MaxSizes && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out sizes[count]);
            if (!isSize || sizes[count++] < 0)
                throw new JsonException($"'{owner}': {field} should hold at most {MaxSizes} integers from 0 to {long.MaxValue}");
        }
        return sizes[..count].ToArray();
    }

    static void Require(ref Utf8JsonReader reader, JsonTokenType type, string owner, string what)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw new JsonException($"'{owner}': {what} should be {type} but is {reader.TokenType}");
    }
}
