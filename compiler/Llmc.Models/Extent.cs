using Llmc.Graph;

namespace Llmc.Models;

/// <summary>A dimension of a weight: how long it is, and the axis that ranks divide it by, if any. Shape and shard rule are one.</summary>
readonly record struct Extent(int Length, Axis? Axis)
{
    public static implicit operator Extent(int length) => new(length, null);

    public static implicit operator Extent(Axis axis) => new(axis.Length, axis);
}
