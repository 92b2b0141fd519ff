namespace Llmc.Artifact;

// LLMC08xx: output folders and disks.
public static partial class Diagnostics
{
    /// <summary>The output is taken.</summary>
    public static Diagnostic OutputExists { get; } = new(
        "LLMC0801", "{0}: {1} stands there already", "Choose another output; --force replaces an engine.");

    /// <summary>The output cannot be written.</summary>
    public static Diagnostic CannotWrite { get; } = new(
        "LLMC0802", "{0}: cannot be written: {1}", "Check the folder's permissions and the space on its disk.");

    /// <summary>The output would not fit.</summary>
    public static Diagnostic DiskTooSmall { get; } = new(
        "LLMC0803", "{0}: the engine takes {1} bytes, but the disk has {2} bytes free", "Free some space or build to another disk.");

    static IReadOnlyList<Diagnostic> Output => [OutputExists, CannotWrite, DiskTooSmall];
}
