using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>A part of a rank's own memory, every page of it present from the start: no step allocates, and none fails for lack of memory.</summary>
sealed unsafe class RankRegion : IDisposable
{
    const int PageBytes = 4096;

    readonly NativeMemory _memory;

    /// <summary>First byte, page-aligned; the memory is zero.</summary>
    public byte* Address => _memory.Address;

    /// <param name="use">What it is for, in the words of a diagnostic.</param>
    /// <exception cref="LlmcException">LLMC0413: the system refuses.</exception>
    public RankRegion(int rank, string use, long bytes)
    {
        try
        {
            _memory = new(bytes);
        }
        catch (OutOfMemoryException refusal)
        {
            throw Diagnostics.OutOfMemory.Because(refusal, rank, bytes, use);
        }
        for (long at = 0; at < bytes; at += PageBytes) Volatile.Write(ref Address[at], 0);
    }

    public void Dispose() => _memory.Dispose();
}
