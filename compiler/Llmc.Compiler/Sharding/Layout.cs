using Llmc.Graph;

namespace Llmc.Compiler.Sharding;

/// <summary>What a rank's local value is of the model's value.</summary>
abstract record Layout
{
    /// <summary>The value itself, on every rank.</summary>
    public static Layout Whole { get; } = new WholeLayout();
}

/// <summary>See <see cref="Layout.Whole"/>.</summary>
sealed record WholeLayout : Layout;

/// <summary>The rank's columns of it.</summary>
sealed record SplitLayout(Axis Axis) : Layout;

/// <summary>A term: the sum over the mesh dimension is the value.</summary>
sealed record PartialLayout(Mesh Mesh) : Layout;

/// <summary>A local value, how it stands for the model's value, and the node that made it (null for the graph's inputs).</summary>
readonly record struct LocalValue(Value Value, Layout Layout, Node? Producer);
