namespace Llmc.Artifact;

// LLMC04xx: kernels and the build.
public static partial class Diagnostics
{
    public static Diagnostic InstructionSetNotSupported { get; } = new(
        "LLMC0450", "the instruction set {0} was asked for, but this machine has {1}",
        "Leave the option out to use the best that the machine has.");

    public static Diagnostic CodeOutsideFile { get; } = new(
        "LLMC0451", "{0}: the code '{1}' should be at bytes {2} to +{3}, but the file has {4} bytes",
        "The engine folder is damaged; build it again.");

    static IReadOnlyList<Diagnostic> Building =>
    [
        InstructionSetNotSupported,
        CodeOutsideFile,
    ];
}
