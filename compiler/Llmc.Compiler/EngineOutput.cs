using System.Globalization;
using Llmc.Artifact;

namespace Llmc.Compiler;

/// <summary>
/// An engine folder that comes into being at once: files are written into a hidden folder beside it, hashed on the way, and
/// the folder is renamed when it is complete. A build that fails or is killed leaves no engine; the next one sweeps up.
/// </summary>
sealed class EngineOutput : IDisposable
{
    const string Suffix = ".building";

    readonly BuildOptions _options;
    readonly string _folder;
    readonly List<FileManifest> _files = [];
    bool _done;

    /// <exception cref="LlmcException">LLMC0801 when something stands there, LLMC0802 when the place cannot be written to.</exception>
    public EngineOutput(BuildOptions options)
    {
        RequireFree(options);
        _options = options;
        var target = Path.GetFullPath(options.Output);
        var parent = Path.GetDirectoryName(target)!;
        _folder = Path.Combine(parent, $".{Path.GetFileName(target)}.{Environment.ProcessId}{Suffix}");
        Guard(_folder, () =>
        {
            Directory.CreateDirectory(parent);
            SweepUp(parent, Path.GetFileName(target));
            return Directory.CreateDirectory(_folder);
        });
    }

    /// <summary>Files so far, in the order of writing.</summary>
    public IReadOnlyList<FileManifest> Files => _files;

    /// <summary>Refuses an output that exists, before any work is done.</summary>
    public static void RequireFree(BuildOptions options)
    {
        var path = options.Output;
        if (File.Exists(path)) throw Diagnostics.OutputExists.With(path, "a file");
        if (!Directory.Exists(path)) return;
        var engine = File.Exists(Path.Combine(path, Manifest.FileName));
        if (!engine && Directory.EnumerateFileSystemEntries(path).Any()) throw Diagnostics.OutputExists.With(path, "a folder that is no engine");
        if (engine && !options.Force) throw Diagnostics.OutputExists.With(path, "an engine");
    }

    /// <summary>Refuses a disk that cannot hold <paramref name="bytes"/> more.</summary>
    public void RequireSpace(long bytes)
    {
        var free = new DriveInfo(_folder).AvailableFreeSpace;
        if (free < bytes) throw Diagnostics.DiskTooSmall.With(_options.Output, bytes, free);
    }

    /// <summary>Writes one file through <paramref name="write"/>; its hash is taken from what was written.</summary>
    public void Write(string name, Action<Stream> write) => Guard(Path.Combine(_options.Output, name), () =>
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new HashingFile(path);
        write(file);
        _files.Add(new(name, file.Length, file.Complete()));
        return true;
    });

    /// <summary>Writes one small file.</summary>
    public void Write(string name, ReadOnlyMemory<byte> bytes) => Write(name, stream => stream.Write(bytes.Span));

    /// <summary>Writes the manifest and puts the finished folder in its place.</summary>
    public void Complete(Manifest manifest) => Guard(_options.Output, () =>
    {
        File.WriteAllText(Path.Combine(_folder, Manifest.FileName), ManifestSeal.Seal(manifest));
        var old = _folder + ".old";
        if (Directory.Exists(_options.Output)) Directory.Move(_options.Output, old);
        Directory.Move(_folder, _options.Output);
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
        return _done = true;
    });

    /// <summary>Removes what an unfinished build wrote.</summary>
    public void Dispose()
    {
        if (!_done && Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Removes what killed builds of the same engine left.</summary>
    static void SweepUp(string parent, string name)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, $".{name}.*{Suffix}"))
        {
            var id = Path.GetFileName(folder)[(name.Length + 2)..^Suffix.Length];
            if (int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && !Directory.Exists($"/proc/{process}"))
                Directory.Delete(folder, recursive: true);
        }
    }

    static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Diagnostics.CannotWrite.Because(failure, path, failure.Message);
        }
    }
}
