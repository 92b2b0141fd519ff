using System.Security.Cryptography;
using Llmc.Artifact;

namespace Llmc.Engine.Folder;

/// <summary>Compares the files of a folder with the manifest's list: presence, size, SHA-256.</summary>
static class FolderVerification
{
    /// <summary>Bytes hashed at a time: small enough to stay in the second-level cache between reading and hashing.</summary>
    const int ChunkBytes = 256 << 10;

    /// <summary>Checks every file, several at a time, the largest first; reports the first complaint in the list's order.</summary>
    /// <param name="unhashed">Files of which only presence and size are checked.</param>
    /// <exception cref="LlmcException">LLMC0505 missing, LLMC0506 size, LLMC0507 hash, LLMC0508 a path that leaves the folder.</exception>
    public static void Run(string folder, Manifest manifest, HashSet<string> unhashed)
    {
        var complaints = new LlmcException?[manifest.Files.Count];
        var largestFirst = Enumerable.Range(0, manifest.Files.Count).OrderByDescending(i => manifest.Files[i].Bytes);
        Parallel.ForEach(largestFirst, i =>
        {
            var file = manifest.Files[i];
            complaints[i] = Check(folder, file, hashed: !unhashed.Contains(file.Path));
        });
        if (complaints.FirstOrDefault(c => c is not null) is { } first) throw first;
    }

    static LlmcException? Check(string folder, FileManifest file, bool hashed)
    {
        var path = Path.Combine(folder, file.Path);
        if (!IsInside(folder, path))
            return Diagnostics.ManifestInconsistent.With(Path.Combine(folder, Manifest.FileName), $"file '{file.Path}'", "inside the folder", "outside");
        if (!File.Exists(path)) return Diagnostics.EngineFileMissing.With(path, Manifest.FileName);
        var length = new FileInfo(path).Length;
        if (length != file.Bytes) return Diagnostics.EngineFileSize.With(path, file.Bytes, length);
        if (!hashed) return null;
        var found = Sha256(path);
        return found == file.Sha256 ? null : Diagnostics.EngineFileHash.With(path, file.Sha256, found);
    }

    static bool IsInside(string folder, string path) =>
        Path.GetFullPath(path).StartsWith(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    static string Sha256(string path)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = GC.AllocateUninitializedArray<byte>(ChunkBytes);
        for (long offset = 0; ;)
        {
            var read = RandomAccess.Read(file, chunk, offset);
            if (read == 0) return Convert.ToHexStringLower(hash.GetHashAndReset());
            hash.AppendData(chunk, 0, read);
            offset += read;
        }
    }
}
