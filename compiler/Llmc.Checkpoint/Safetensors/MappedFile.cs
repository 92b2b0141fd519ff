using System.IO.MemoryMappedFiles;
using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>A whole file mapped read-only. Spans are limited to 2 GB, the file is not.</summary>
sealed unsafe class MappedFile : IDisposable
{
    readonly MemoryMappedFile file;
    readonly MemoryMappedViewAccessor view;
    readonly byte* start;
    readonly long length;

    internal MappedFile(string path, long length)
    {
        this.length = length;
        file = Map(path);
        view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        // The view starts at a page boundary, which PointerOffset leads back from; it is 0 for a view of a whole file.
        start += view.PointerOffset;
    }

    internal ReadOnlySpan<byte> Span(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, length - count);
        return new(start + offset, count);
    }

    public void Dispose()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }

    static MemoryMappedFile Map(string path)
    {
        try
        {
            return MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Diagnostics.CheckpointUnreadable.Because(e, path, e.Message);
        }
    }
}
