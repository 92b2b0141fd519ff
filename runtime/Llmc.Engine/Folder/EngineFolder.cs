using Llmc.Artifact;
using Llmc.Engine.Folder;

namespace Llmc.Engine;

/// <summary>An engine on disk whose files are what its manifest says.</summary>
public sealed class EngineFolder
{
    EngineFolder(string path, Manifest manifest) => (Path, Manifest) = (path, manifest);

    public string Path { get; }
    public Manifest Manifest { get; }

    /// <summary>Reads the manifest and checks every file against it.</summary>
    /// <param name="verifyWeights">False skips the hashes of weights files, whose presence and size are checked all the same; all else is always hashed.</param>
    /// <exception cref="LlmcException">LLMC0501 to LLMC0508: what does not fit.</exception>
    public static EngineFolder Open(string path, bool verifyWeights = true)
    {
        var manifest = ManifestFile.Read(path);
        FolderVerification.Run(path, manifest, unhashed: verifyWeights ? [] : manifest.Ranks.Select(r => r.WeightsFile).ToHashSet());
        return new(path, manifest);
    }

    /// <summary>Where a file of the manifest stands.</summary>
    public string PathOf(string file) => System.IO.Path.Combine(Path, file);
}
