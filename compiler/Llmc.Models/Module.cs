using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Models;

/// <summary>
/// A module of the checkpoint while its lines are written: names are relative to it, and every weight is bound where it is
/// used, together with its shard rule.
/// </summary>
sealed class Module
{
    readonly GraphBuilder _graph;
    readonly string _prefix;
    readonly string _path;
    readonly int? _layer;

    /// <summary>The model itself.</summary>
    /// <param name="prefix">What tensor names have before the module path: <c>model.</c>.</param>
    public Module(GraphBuilder graph, string prefix) : this(graph, prefix, "", null) { }

    Module(GraphBuilder graph, string prefix, string path, int? layer) =>
        (_graph, _prefix, _path, _layer, Lines) = (graph, prefix, path, layer, graph.In(path, layer));

    /// <summary>A module inside this one.</summary>
    public Module this[string name] => new(_graph, _prefix, PathOf(name), _layer);

    /// <summary>A decoder layer inside this one: <c>layers.3</c>.</summary>
    public Module Layer(string name, int index) => new(_graph, _prefix, PathOf($"{name}.{index}"), index);

    /// <summary>Writes lines of this module.</summary>
    public GraphBuilder Lines { get; }

    /// <summary>x through the linear layer <paramref name="name"/>; its bias is divided as its outputs are.</summary>
    public Value Linear(Value x, string name, Extent outputs, Extent inputs, bool bias = false) =>
        LinesWith(name).Linear(x, Matrix($"{name}.weight", outputs, inputs), bias ? Vector($"{name}.bias", outputs) : null);

    /// <summary>x with each run of <paramref name="size"/> columns normed by the module <paramref name="name"/>.</summary>
    public Value Norm(Value x, string name, NormRule rule, int size) =>
        LinesWith(name).Norm(x, rule.Kind, rule.Epsilon, Vector($"{name}.weight", size), size: size);

    /// <summary>A matrix of this module.</summary>
    /// <param name="copy">A tensor that may repeat it.</param>
    public Weight Matrix(string name, Extent rows, Extent columns, string? copy = null) => new(
        PathOf(name), rows.Length, columns.Length, new(rows.Axis, columns.Axis), [Stored(name, rows.Length, columns.Length)], Copy: copy);

    /// <summary>A vector of this module.</summary>
    public Weight Vector(string name, Extent rows) =>
        new(PathOf(name), rows.Length, 1, new(rows.Axis), [new(_prefix + PathOf(name), [rows.Length], rows.Length, Offset: 0, RowStride: 1)]);

    /// <summary>One matrix an expert, stored as <c>0.name.weight</c>, <c>1.name.weight</c>, ….</summary>
    public Weight Experts(string name, Axis experts, Extent rows, Extent columns) => new(
        PathOf($"{name}.weight"), rows.Length, columns.Length, new(rows.Axis, columns.Axis, experts),
        [.. Enumerable.Range(0, experts.Count).Select(i => Stored($"{i}.{name}.weight", rows.Length, columns.Length))], experts.Count);

    /// <summary>A vector that is computed; every rank has all of it.</summary>
    public Weight Constant(string name, IReadOnlyList<float> values) => new(PathOf(name), values.Count, 1, Shard.Replicate, [], Constant: values);

    /// <summary>Lines of small modules belong to the module around them, unless that is the whole model.</summary>
    GraphBuilder LinesWith(string name) => _path.Length == 0 ? _graph.In(name) : Lines;

    TensorRows Stored(string name, int rows, int columns) => new(_prefix + PathOf(name), [rows, columns], rows, Offset: 0, RowStride: columns);

    string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";
}
