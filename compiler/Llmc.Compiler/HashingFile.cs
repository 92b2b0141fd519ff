using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Llmc.Compiler;

/// <summary>
/// A new file whose SHA-256 is taken from what is written. Hashing and writing happen on a thread of their own, a few
/// megabytes behind the caller, so that they cost no time beside the packing of weights.
/// </summary>
sealed class HashingFile : Stream
{
    const int BufferBytes = 4 << 20;
    const int Buffers = 4;

    readonly FileStream _file;
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly BlockingCollection<(byte[] Bytes, int Count)> _full = [];
    readonly BlockingCollection<byte[]> _empty = [];
    readonly Task _writing;
    byte[] _buffer;
    int _count;
    long _length;

    public HashingFile(string path)
    {
        _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var i = 0; i < Buffers; i++) _empty.Add(new byte[BufferBytes]);
        _buffer = _empty.Take();
        _writing = Task.Factory.StartNew(WriteOut, TaskCreationOptions.LongRunning);
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => _length;
    public override long Position { get => _length; set => throw new NotSupportedException(); }

    /// <summary>Waits until all is on disk; returns the hash of it, lower-case hexadecimal.</summary>
    /// <exception cref="IOException">The disk refused some of it.</exception>
    public string Complete()
    {
        HandOver();
        _full.CompleteAdding();
        _writing.GetAwaiter().GetResult();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _length += buffer.Length;
        while (buffer.Length > 0)
        {
            var part = Math.Min(buffer.Length, BufferBytes - _count);
            buffer[..part].CopyTo(_buffer.AsSpan(_count));
            buffer = buffer[part..];
            if ((_count += part) == BufferBytes) HandOver();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (!_full.IsAddingCompleted) _full.CompleteAdding();
            Task.WhenAny(_writing).Wait();   // whether it failed has been said by Complete, or nobody asks any more
            _file.Dispose();
            _hash.Dispose();
            _full.Dispose();
            _empty.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>Gives the buffer to the writing thread and takes an empty one; a write that failed surfaces here.</summary>
    void HandOver()
    {
        _full.Add((_buffer, _count));
        _count = 0;
        while (!_empty.TryTake(out _buffer!, millisecondsTimeout: 100))
            if (_writing.IsFaulted) _writing.GetAwaiter().GetResult();
    }

    void WriteOut()
    {
        foreach (var (bytes, count) in _full.GetConsumingEnumerable())
        {
            _hash.AppendData(bytes, 0, count);
            WriteToDisk(bytes, count);
            _empty.Add(bytes);
        }
    }

    /// <summary>A file system's limit on the size of a file is a failure of the disk like any other.</summary>
    void WriteToDisk(byte[] bytes, int count)
    {
        try
        {
            _file.Write(bytes, 0, count);
        }
        catch (ArgumentOutOfRangeException refused)
        {
            throw new IOException("the file grows larger than the file system allows", refused);
        }
    }
}
