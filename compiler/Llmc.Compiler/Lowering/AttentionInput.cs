using Llmc.Graph;

namespace Llmc.Compiler;

/// <summary>How a query, key or value comes from its linear layer: through a norm and a rotation, each optional.</summary>
readonly record struct AttentionInput(Node Linear, Node? Norm, Node? Rotary)
{
    /// <summary>Steps back from an attention input; null when it comes about in another way or others read the steps.</summary>
    public static AttentionInput? Of(GraphIndex index, Value value)
    {
        var rotary = index.OnlyFor<RotaryOp>(value);
        if (rotary is not null) value = rotary.Inputs[0];
        var norm = index.OnlyFor<NormOp>(value);
        if (norm is not null) value = norm.Inputs[0];
        return index.OnlyFor<LinearOp>(value) is { } linear ? new(linear, norm, rotary) : null;
    }

    /// <summary>Queries and keys are made alike and from the same value, so that one kernel serves both.</summary>
    public bool GoesWith(AttentionInput key) =>
        Linear.Inputs[0] == key.Linear.Inputs[0] && Equals(Rotary?.Op, key.Rotary?.Op)
        && (Norm is null) == (key.Norm is null)
        && (Norm?.Op as NormOp)?.Epsilon == (key.Norm?.Op as NormOp)?.Epsilon;
}
