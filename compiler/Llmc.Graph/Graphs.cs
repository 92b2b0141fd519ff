using Llmc.Artifact;

namespace Llmc.Graph;

/// <summary>What the rows of a value stand for.</summary>
public enum RowKind
{
    /// <summary>T: tokens of the step.</summary>
    Tokens,
    /// <summary>B: tokens whose logits are wanted.</summary>
    Logits,
}

/// <summary>A value of a graph: <c>bf16[T, 4096]</c>.</summary>
public sealed record Value(int Id, DType Type, RowKind Rows, int Columns)
{
    /// <summary><c>bf16[T, 4096]</c>.</summary>
    public string TypeText => $"{Type.Text()}[{(Rows == RowKind.Tokens ? "T" : "B")}, {Columns}]";

    public override string ToString() => $"%{Id}";
}

/// <summary>One line of a graph.</summary>
/// <param name="Scope">Module that it comes from, in the checkpoint's words: <c>layers.0.self_attn</c>.</param>
/// <param name="Layer">Decoder layer that it belongs to; null before the first and after the last.</param>
public sealed record Node(
    IReadOnlyList<Value> Results, Op Op, IReadOnlyList<Value> Inputs, IReadOnlyList<WeightSlice> Weights, string Scope, int? Layer)
{
    /// <summary>The result of an operation that has one.</summary>
    public Value Result => Results[0];
}

/// <summary>What the model computes, on whole tensors, from token ids and positions to logits.</summary>
/// <param name="Ids">%0 i32[T, 1].</param>
/// <param name="Positions">%1 i32[T, 1].</param>
public sealed record ModelGraph(string Name, Value Ids, Value Positions, IReadOnlyList<Node> Nodes, Value Logits)
{
    /// <summary>A line a node, then the weights.</summary>
    public string ToText() => GraphText.Print($"model {Name}", [Ids, Positions], Nodes, Logits) + WeightText.Print(Nodes);

    /// <summary>Throws <see cref="GraphException"/> with the first line that breaks a rule.</summary>
    public void Verify() => GraphVerifier.Verify($"model {Name}", [Ids, Positions], Nodes, Logits);
}

/// <summary>What one rank computes: the same vocabulary on local shapes, with collectives.</summary>
public sealed record RankGraph(string Name, Plan Plan, int Rank, Value Ids, Value Positions, IReadOnlyList<Node> Nodes, Value Logits)
{
    /// <summary>A line a node.</summary>
    public string ToText() => GraphText.Print($"rank {Rank} of {Plan.World}, {Name} at {Plan.Text}", [Ids, Positions], Nodes, Logits);

    /// <summary>Throws <see cref="GraphException"/> with the first line that breaks a rule.</summary>
    public void Verify() => GraphVerifier.Verify($"rank {Rank} of {Name}", [Ids, Positions], Nodes, Logits);
}

/// <summary>A bug in the compiler: a form breaks its own rules.</summary>
public sealed class GraphException(string message) : Exception(message);
