using System.Buffers.Binary;
using Llmc.Artifact;
using Microsoft.Win32.SafeHandles;

namespace Llmc.Checkpoints;

/// <summary>
/// One safetensors file: 8 bytes header length, a JSON header, then the tensors without gaps. The header is checked in full
/// when the file is opened; tensor bytes are reached later, by a mapping or by reads, each set up on first use.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>Largest header that the format allows.</summary>
    const long MaxHeaderBytes = 100_000_000;

    const int PrefixBytes = 8;

    readonly Lazy<SafeFileHandle> handle;
    readonly Lazy<MappedFile> mapping;

    SafetensorsFile(string path, long length, byte[] header)
    {
        (Path, DataOffset) = (path, PrefixBytes + header.Length);
        handle = new(() => Reading.Handle(path));
        mapping = new(() => new MappedFile(path, length));
        var parsed = SafetensorsHeader.Parse(path, header, DataOffset, length);
        Metadata = parsed.Metadata;
        Tensors = parsed.Entries.ToDictionary(entry => entry.Name, entry => new CheckpointTensor(this, entry));
    }

    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors { get; }

    /// <summary>The free text that writers leave under <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Bytes before the first tensor.</summary>
    internal long DataOffset { get; }

    /// <summary>Reads and checks the header of the file at <paramref name="path"/>.</summary>
    /// <exception cref="LlmcException">LLMC0107 to LLMC0115 for what is wrong in it, LLMC0120 when it cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        using var opened = Reading.Handle(path);
        var length = RandomAccess.GetLength(opened);
        return new(path, length, ReadHeader(path, opened, length));
    }

    static byte[] ReadHeader(string path, SafeFileHandle opened, long length)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        if (length < PrefixBytes + 2) throw Diagnostics.WeightsLength.With(path, "at least 10", length);
        Reading.Exactly(path, opened, 0, prefix);
        var claimed = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        var allowed = Math.Min(MaxHeaderBytes, length - PrefixBytes);
        if (claimed < 2 || claimed > (ulong)allowed) throw Diagnostics.HeaderLength.With(path, claimed, allowed);
        var header = new byte[claimed];
        Reading.Exactly(path, opened, PrefixBytes, header);
        return header;
    }

    internal ReadOnlySpan<byte> Mapped(long offset, int count) => mapping.Value.Span(offset, count);

    internal void Read(long offset, Span<byte> destination) => Reading.Exactly(Path, handle.Value, offset, destination);

    public void Dispose()
    {
        if (handle.IsValueCreated) handle.Value.Dispose();
        if (mapping.IsValueCreated) mapping.Value.Dispose();
    }
}
