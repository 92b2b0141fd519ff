using System.IO.MemoryMappedFiles;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>A rank's weights, mapped from their file read-only and brought into memory.</summary>
sealed unsafe class WeightsFile : IDisposable
{
    const int PageBytes = 4096;

    readonly MemoryMappedFile? _file;
    readonly MemoryMappedViewAccessor? _view;

    /// <summary>First byte, page-aligned; null when the rank has no weights.</summary>
    public byte* Address { get; }

    /// <param name="bytes">What the manifest says.</param>
    /// <exception cref="LlmcException">LLMC0412: the file has another size.</exception>
    public WeightsFile(string path, long bytes)
    {
        var found = new FileInfo(path).Length;
        if (found != bytes) throw Diagnostics.WeightsSize.With(path, bytes, found);
        if (bytes == 0) return;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.Read);
        byte* address = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref address);
        Address = address;
        Touch(bytes);
    }

    public void Dispose()
    {
        if (_view is null) return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file!.Dispose();
    }

    /// <summary>Reads a byte of every page, so that no step waits for the disk.</summary>
    void Touch(long bytes)
    {
        for (long at = 0; at < bytes; at += PageBytes) _ = Volatile.Read(ref Address[at]);
    }
}
