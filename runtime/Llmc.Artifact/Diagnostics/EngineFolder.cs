namespace Llmc.Artifact;

// LLMC05xx: engine folders.
public static partial class Diagnostics
{
    /// <summary>The path is no engine.</summary>
    public static Diagnostic NoEngine { get; } = new(
        "LLMC0501", "{0}: there is no {1} here, so this is not an engine folder", "llmc build CHECKPOINT -o ENGINE makes one.");

    /// <summary>The manifest cannot be read.</summary>
    public static Diagnostic ManifestUnreadable { get; } = new(
        "LLMC0502", "{0}: is not a complete manifest: {1}", "Copy the engine again or rebuild it.");

    /// <summary>The engine was written for another runtime.</summary>
    public static Diagnostic FormatVersionDiffers { get; } = new(
        "LLMC0503", "{0}: format version is {1}, this runtime reads version {2}", "Rebuild the engine, or run it with the llmc that built it.");

    /// <summary>The engine is for other hardware.</summary>
    public static Diagnostic TargetDiffers { get; } = new(
        "LLMC0504", "{0}: the engine is for target '{1}', this runtime runs '{2}'", "Rebuild the engine with --target {2}.");

    /// <summary>A file of the engine is not there.</summary>
    public static Diagnostic EngineFileMissing { get; } = new(
        "LLMC0505", "{0}: is missing, although {1} lists it", "Copy the engine again or rebuild it.");

    /// <summary>A file of the engine is too short or too long.</summary>
    public static Diagnostic EngineFileSize { get; } = new(
        "LLMC0506", "{0}: should have {1} bytes but has {2}", "The copy may be incomplete: copy the engine again or rebuild it.");

    /// <summary>A file of the engine was changed.</summary>
    public static Diagnostic EngineFileHash { get; } = new(
        "LLMC0507", "{0}: SHA-256 should be {1} but is {2}", "The file was damaged or changed: copy the engine again or rebuild it.");

    /// <summary>The manifest contradicts itself.</summary>
    public static Diagnostic ManifestInconsistent { get; } = new(
        "LLMC0508", "{0}: {1} should be {2} but is {3}", "Rebuild the engine.");

    /// <summary>A rank's program cannot be loaded.</summary>
    public static Diagnostic RankProgramUnusable { get; } = new(
        "LLMC0509", "{0}: should hold a program '{1}' but does not: {2}", "Rebuild the engine.");

    /// <summary>The manifest does not match its own hash.</summary>
    public static Diagnostic ManifestChanged { get; } = new(
        "LLMC0510", "{0}: its last line should give SHA-256 {2} but gives '{1}'", "The manifest was damaged or edited: copy the engine again or rebuild it.");

    static IReadOnlyList<Diagnostic> EngineFolder =>
    [
        NoEngine, ManifestUnreadable, FormatVersionDiffers, TargetDiffers, EngineFileMissing, EngineFileSize, EngineFileHash,
        ManifestInconsistent, RankProgramUnusable, ManifestChanged,
    ];
}
