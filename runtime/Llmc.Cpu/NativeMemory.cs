using System.Runtime.InteropServices;

namespace Llmc.Cpu;

/// <summary>
/// Zeroed pages from the kernel, in huge pages where it grants them, given back on disposal. May be sealed into executable
/// code once: pages are writable or executable, never both.
/// </summary>
public sealed unsafe partial class NativeMemory : IDisposable
{
    const int ProtectRead = 1, ProtectWrite = 2, ProtectExecute = 4, MapPrivate = 2, AdviseHugePage = 14;
    static int MapAnonymous => OperatingSystem.IsMacOS() ? 0x1000 : 0x20;
    const long HugePageBytes = 2 << 20;
    const int PageBytes = 4096;

    /// <summary>First byte, page-aligned; 2 MiB-aligned from 2 MiB on.</summary>
    public byte* Address { get; private set; }

    /// <summary>Bytes asked for.</summary>
    public long Bytes { get; }

    readonly nint _mapping;
    readonly long _mappedBytes;

    /// <exception cref="OutOfMemoryException">The kernel refuses.</exception>
    public NativeMemory(long bytes)
    {
        Bytes = bytes;
        _mappedBytes = Math.Max(bytes, 1) + (bytes >= HugePageBytes ? HugePageBytes : 0);
        _mapping = Map(0, (nuint)_mappedBytes, ProtectRead | ProtectWrite, MapPrivate | MapAnonymous, -1, 0);
        if (_mapping == -1) throw new OutOfMemoryException($"the system refuses {bytes} bytes of memory");
        Address = (byte*)_mapping;
        if (bytes < HugePageBytes) return;
        Address = (byte*)((_mapping + HugePageBytes - 1) & -HugePageBytes);
        if (OperatingSystem.IsLinux()) _ = Advise((nint)Address, (nuint)bytes, AdviseHugePage);
    }

    /// <summary>Brings every page into memory, so that no step waits for one.</summary>
    public void Touch()
    {
        for (long at = 0; at < Bytes; at += PageBytes) Address[at] = 0;
    }

    /// <summary>Takes write access away and gives execute access.</summary>
    public void SealAsCode()
    {
        if (Protect(_mapping, (nuint)_mappedBytes, ProtectRead | ProtectExecute) != 0)
            throw new InvalidOperationException($"the system refuses executable memory (error {Marshal.GetLastPInvokeError()})");
    }

    public void Dispose()
    {
        if (Address == null) return;
        Address = null;
        _ = Unmap(_mapping, (nuint)_mappedBytes);
        GC.SuppressFinalize(this);
    }

    ~NativeMemory() => Dispose();

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint bytes);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint bytes, int advice);
}
