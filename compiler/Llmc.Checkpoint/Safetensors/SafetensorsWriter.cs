using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Llmc.Artifact;
using Microsoft.Win32.SafeHandles;

namespace Llmc.Checkpoints;

/// <summary>Name, element type and shape of a tensor to be written.</summary>
public sealed record TensorDeclaration(string Name, DType DType, params IReadOnlyList<long> Shape);

/// <summary>
/// Writes a safetensors file: declare all tensors first, then fill them in any order and in pieces. The file has its final
/// length from the start; bytes never written are zero, and take no disk space where the file system allows holes.
/// </summary>
public sealed class SafetensorsWriter : IDisposable
{
    const int HeaderAlignment = 8;

    readonly SafeFileHandle file;
    readonly Dictionary<string, TensorEntry> entries;
    readonly long dataOffset;

    SafetensorsWriter(SafeFileHandle file, Dictionary<string, TensorEntry> entries, byte[] header)
    {
        (this.file, this.entries, dataOffset) = (file, entries, sizeof(ulong) + header.Length);
        var prefix = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        RandomAccess.SetLength(file, dataOffset + entries.Values.Select(entry => entry.End).DefaultIfEmpty().Max());
        RandomAccess.Write(file, prefix, 0);
        RandomAccess.Write(file, header, prefix.Length);
    }

    /// <summary>Creates or replaces a file with the header of <paramref name="tensors"/> and zero data.</summary>
    /// <exception cref="ArgumentException">Two tensors share a name, or a shape is impossible.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static SafetensorsWriter Create(
        string path, IEnumerable<TensorDeclaration> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var entries = Place(tensors);
        var header = Header(entries, metadata);
        var byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        return new(File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None), byName, header);
    }

    /// <summary>Writes elements of tensor <paramref name="name"/> from element <paramref name="start"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The elements leave the tensor.</exception>
    public void Write<T>(string name, ReadOnlySpan<T> elements, long start = 0) where T : unmanaged
    {
        var entry = entries[name];
        var bytes = MemoryMarshal.AsBytes(elements);
        var offset = checked(start * Unsafe.SizeOf<T>());
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, entry.End - entry.Begin - bytes.Length, nameof(start));
        RandomAccess.Write(file, bytes, dataOffset + entry.Begin + offset);
    }

    public void Dispose() => file.Dispose();

    /// <summary>Wider elements first, so that every tensor is aligned to its element; equal widths by name.</summary>
    static List<TensorEntry> Place(IEnumerable<TensorDeclaration> tensors)
    {
        var byName = tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal);
        var entries = new List<TensorEntry>();
        foreach (var tensor in byName.OrderByDescending(tensor => tensor.DType.Bits()))
        {
            var begin = entries is [.., var before] ? before.End : 0;
            entries.Add(new(tensor.Name, tensor.DType, tensor.Shape, begin, checked(begin + ByteCount(tensor))));
        }
        return entries;
    }

    static long ByteCount(TensorDeclaration tensor)
    {
        var bytes = tensor.Shape.All(size => size >= 0) ? TensorEntry.ByteCountOf(tensor.DType, tensor.Shape) : null;
        return bytes ?? throw new ArgumentException(
            $"'{tensor.Name}': {tensor.DType.Text()}{TensorEntry.Text(tensor.Shape)} has no possible size.", nameof(tensor));
    }

    static byte[] Header(IEnumerable<TensorEntry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata ?? new Dictionary<string, string>());
            foreach (var entry in entries) WriteEntry(json, entry);
            json.WriteEndObject();
        }
        var padding = -buffer.WrittenCount & (HeaderAlignment - 1);
        return [.. buffer.WrittenSpan, .. Enumerable.Repeat((byte)' ', padding)];
    }

    static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0) return;
        json.WriteStartObject("__metadata__");
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
        json.WriteEndObject();
    }

    static void WriteEntry(Utf8JsonWriter json, TensorEntry entry)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype", entry.DType.SafetensorsText());
        json.WriteStartArray("shape");
        foreach (var size in entry.Shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(entry.Begin);
        json.WriteNumberValue(entry.End);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
