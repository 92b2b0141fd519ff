using Llmc.Artifact;
using Microsoft.Win32.SafeHandles;

namespace Llmc.Checkpoints;

/// <summary>Reads whose failures are diagnostics.</summary>
static class Reading
{
    internal static SafeFileHandle Handle(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
        }
        catch (Exception e) when (IsOfTheSystem(e))
        {
            throw Diagnostics.CheckpointUnreadable.Because(e, path, e.Message);
        }
    }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on.</summary>
    internal static void Exactly(string path, SafeFileHandle file, long offset, Span<byte> destination)
    {
        try
        {
            for (var done = 0; done < destination.Length;)
            {
                var read = RandomAccess.Read(file, destination[done..], offset + done);
                if (read == 0) throw TooShort(path, file, offset + destination.Length);
                done += read;
            }
        }
        catch (Exception e) when (IsOfTheSystem(e))
        {
            throw Diagnostics.CheckpointUnreadable.Because(e, path, e.Message);
        }
    }

    /// <summary>The whole of a small file, or null where there is none.</summary>
    internal static byte[]? AllOrNone(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception e) when (IsOfTheSystem(e))
        {
            throw Diagnostics.CheckpointUnreadable.Because(e, path, e.Message);
        }
    }

    static LlmcException TooShort(string path, SafeFileHandle file, long wanted) =>
        Diagnostics.WeightsLength.With(path, $"at least {wanted}", RandomAccess.GetLength(file));

    static bool IsOfTheSystem(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException;
}
