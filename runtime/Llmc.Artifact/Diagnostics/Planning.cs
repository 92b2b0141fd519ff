namespace Llmc.Artifact;

// LLMC03xx: parallelism plans.
public static partial class Diagnostics
{
    /// <summary>Arguments: tp or ep, its size.</summary>
    public static Diagnostic PlanSizeNotPositive { get; } = new("LLMC0301", "{0} must be 1 or more, but is {1}");

    /// <summary>Arguments: tp, ep.</summary>
    public static Diagnostic PlanSizesDoNotDivide { get; } = new(
        "LLMC0302", "tp {0} and ep {1}: one must be a multiple of the other", "ranks form a grid: with tp 4, ep may be 1, 2, 4, 8, 12, …");

    /// <summary>Arguments: mesh dimension, its size, what it divides, how many of these the model has.</summary>
    public static Diagnostic MoreRanksThanUnits { get; } = new(
        "LLMC0303", "{0} {1} divides the model's '{2}' among {1} ranks, but there are only {3}", "every rank needs at least one; use fewer ranks");

    /// <summary>Arguments: ep.</summary>
    public static Diagnostic NoExpertsToDivide { get; } = new(
        "LLMC0304", "ep {0} divides experts, but the model is dense and has none", "use tp alone");

    /// <summary>Arguments: module, axis, plan.</summary>
    public static Diagnostic NormAcrossRanks { get; } = new(
        "LLMC0305", "{0}: a norm over all '{1}' of a token does not fit {2}, which divides them among ranks", "build with tp 1");

    static IReadOnlyList<Diagnostic> Planning =>
    [
        PlanSizeNotPositive, PlanSizesDoNotDivide, MoreRanksThanUnits, NoExpertsToDivide, NormAcrossRanks,
    ];
}
