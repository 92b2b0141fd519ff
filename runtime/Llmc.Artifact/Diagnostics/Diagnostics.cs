namespace Llmc.Artifact;

/// <summary>
/// Every failure that a user can cause, by area: 01 weights files, 02 configuration and model, 03 plan, 04 kernels and
/// build, 05 engine folder, 06 text, 07 requests, 08 output and disk, 09 command line. Each row has a test that provokes it.
/// The rows of an area stand in a file of their own beside this one.
/// </summary>
public static partial class Diagnostics
{
    /// <summary>All rows, ordered by id.</summary>
    public static IReadOnlyList<Diagnostic> All =>
    [
        .. Weights, .. Configuration, .. Planning, .. Building, .. EngineFolder, .. Text, .. Requests, .. Output, .. CommandLine,
    ];
}
