using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>
/// A tensor as it lies in its file: row-major, little-endian, not yet read. Offsets below count bytes from its start.
/// </summary>
public sealed class CheckpointTensor
{
    readonly SafetensorsFile file;
    readonly long fileOffset;

    internal CheckpointTensor(SafetensorsFile file, TensorEntry entry)
    {
        (this.file, Name, DType, Shape) = (file, entry.Name, entry.DType, entry.Shape);
        (fileOffset, ByteCount) = (file.DataOffset + entry.Begin, entry.End - entry.Begin);
    }

    /// <summary>The publisher's name: <c>model.layers.3.mlp.up_proj.weight</c>.</summary>
    public string Name { get; }

    public DType DType { get; }

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Path of the file that holds it.</summary>
    public string File => file.Path;

    /// <summary>Bytes of all elements; may exceed what a span can cover.</summary>
    public long ByteCount { get; }

    /// <summary>
    /// Bytes [<paramref name="offset"/>, <paramref name="offset"/> + <paramref name="count"/>) through the file's mapping: no
    /// copy, valid until the file is disposed. Touched pages count as resident memory until the system takes them back.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        RequireRange(offset, count);
        return file.Mapped(fileOffset + offset, count);
    }

    /// <summary>
    /// Copies the bytes from <paramref name="offset"/> on into <paramref name="destination"/>, through the page cache and
    /// without mapping: memory stays at the caller's buffer however large the tensor. Safe from several threads.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    /// <exception cref="LlmcException">LLMC0107, LLMC0120 when the file changed or failed since it was opened.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        RequireRange(offset, destination.Length);
        file.Read(fileOffset + offset, destination);
    }

    /// <summary>The whole tensor as an array, for small tensors: <typeparamref name="T"/> has the size of one element.</summary>
    /// <exception cref="ArgumentException">The element sizes differ.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() * 8 != DType.Bits())
            throw new ArgumentException($"'{Name}' is {DType.Text()}, not {typeof(T).Name}.");
        var values = new T[ByteCount / Unsafe.SizeOf<T>()];
        Read(0, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary><c>name bf16[4096, 14336]</c></summary>
    public override string ToString() => $"{Name} {DType.Text()}{TensorEntry.Text(Shape)}";

    void RequireRange(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > ByteCount - count)
            throw new ArgumentOutOfRangeException(nameof(offset), $"{offset} + {count} leaves '{Name}', {ByteCount} bytes.");
    }
}
