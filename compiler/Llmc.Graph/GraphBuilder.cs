using Llmc.Artifact;

namespace Llmc.Graph;

/// <summary>
/// Writes a graph line by line and derives result shapes, so that a model family reads like the model's own code.
/// </summary>
public sealed class GraphBuilder
{
    readonly Draft _draft;
    readonly string _scope;
    readonly int? _layer;

    /// <summary>A builder of an empty graph whose activations are of type <paramref name="type"/>.</summary>
    public GraphBuilder(DType type) : this(new Draft(type), "", null) { }

    GraphBuilder(Draft draft, string scope, int? layer) => (_draft, _scope, _layer) = (draft, scope, layer);

    /// <summary>The same graph, for lines that come from a module.</summary>
    /// <param name="scope">Module path.</param>
    /// <param name="layer">Decoder layer that the lines belong to.</param>
    public GraphBuilder In(string scope, int? layer = null) => new(_draft, scope, layer);

    /// <summary>Token ids, i32[T, 1].</summary>
    public Value Ids { get; } = new(0, DType.I32, RowKind.Tokens, 1);

    /// <summary>Position of each token in its sequence, i32[T, 1].</summary>
    public Value Positions { get; } = new(1, DType.I32, RowKind.Tokens, 1);

    /// <summary>What was written so far.</summary>
    public IReadOnlyList<Node> Nodes => _draft.Nodes;

    /// <summary>Adds a node whose single result keeps rows and element type, with <paramref name="columns"/> columns.</summary>
    public Value Add(Op op, int columns, IReadOnlyList<Value> inputs, IReadOnlyList<WeightSlice> weights) =>
        Add(op, [new(0, _draft.Type, inputs[0].Rows, columns)], inputs, weights)[0];

    /// <summary>Adds a node with results as given; their ids are assigned here.</summary>
    public IReadOnlyList<Value> Add(Op op, IReadOnlyList<Value> results, IReadOnlyList<Value> inputs, IReadOnlyList<WeightSlice> weights)
    {
        Value[] numbered = [.. results.Select(result => result with { Id = _draft.NextId++ })];
        _draft.Nodes.Add(new(numbered, op, inputs, weights, _scope, _layer));
        return numbered;
    }

    /// <summary>ids → rows of the table.</summary>
    public Value Embedding(Weight table) => Add(new EmbeddingOp(), table.Columns, [Ids], [table.Whole]);

    /// <summary>x · factor; x itself when the factor is 1.</summary>
    public Value Scale(Value x, float factor) => factor == 1f ? x : Add(new ScaleOp(factor), x.Columns, [x], []);

    /// <summary>Normalises each run of <paramref name="size"/> columns (all of them by default).</summary>
    public Value Norm(Value x, NormKind kind, float epsilon, Weight weight, Weight? bias = null, float weightOffset = 0f, int size = 0) =>
        Add(new NormOp(kind, size == 0 ? x.Columns : size, epsilon, weightOffset), x.Columns, [x], Slices(weight, bias));

    /// <summary>x · wᵀ + bias.</summary>
    public Value Linear(Value x, Weight weight, Weight? bias = null) => Add(new LinearOp(), weight.Rows, [x], Slices(weight, bias));

    /// <summary>Cosines and sines of every token's position.</summary>
    public (Value Cosines, Value Sines) RotaryTable(Weight inverseFrequencies, float factor = 1f)
    {
        var half = new Value(0, DType.F32, RowKind.Tokens, inverseFrequencies.Rows);
        var results = Add(new RotaryTableOp(factor), [half, half], [Positions], [inverseFrequencies.Whole]);
        return (results[0], results[1]);
    }

    /// <summary>Rotates the heads of x.</summary>
    public Value Rotary(Value x, (Value Cosines, Value Sines) table, int headDim, int rotaryDim, bool interleaved = false) =>
        Add(new RotaryOp(headDim, rotaryDim, interleaved), x.Columns, [x, table.Cosines, table.Sines], []);

    /// <summary>Causal attention with this layer's cache.</summary>
    public Value Attention(Value q, Value k, Value v, AttentionOp op, Weight? sinks = null) =>
        Add(op, q.Columns, [q, k, v], sinks is null ? [] : [sinks.Whole]);

    /// <summary>act(x).</summary>
    public Value Activate(Value x, Activation activation) => Add(new ActivateOp(activation), x.Columns, [x], []);

    /// <summary>act(gate) · up.</summary>
    public Value Gated(Value gate, Value up, Activation activation) => Add(new GatedOp(activation), up.Columns, [gate, up], []);

    /// <summary>a + b.</summary>
    public Value Sum(Value a, Value b) => Add(new AddOp(), a.Columns, [a, b], []);

    /// <summary>a · b.</summary>
    public Value Product(Value a, Value b) => Add(new MultiplyOp(), a.Columns, [a, b], []);

    /// <summary>cap · tanh(x / cap); x itself when the cap is 0.</summary>
    public Value SoftCap(Value x, float cap) => cap == 0f ? x : Add(new SoftCapOp(cap), x.Columns, [x], []);

    /// <summary>The experts of each token and their weights.</summary>
    public (Value Experts, Value Weights) Route(Value logits, RouteOp op, Weight? selectionBias = null)
    {
        var experts = new Value(0, DType.I32, logits.Rows, op.Selected);
        var results = Add(op, [experts, experts with { Type = DType.F32 }], [logits], selectionBias is null ? [] : [selectionBias.Whole]);
        return (results[0], results[1]);
    }

    /// <summary>The weighted sum of each token's experts.</summary>
    public Value Experts(Value x, (Value Experts, Value Weights) routing, Weight gate, Weight up, Weight down, Activation activation) =>
        Add(new ExpertsOp(activation), x.Columns, [x, routing.Experts, routing.Weights], [gate.Whole, up.Whole, down.Whole]);

    /// <summary>The rows whose logits are wanted.</summary>
    public Value SelectRows(Value x) => Add(new SelectRowsOp(), [x with { Rows = RowKind.Logits }], [x], [])[0];

    /// <summary>The finished graph.</summary>
    public ModelGraph Build(string name, Value logits) => new(name, Ids, Positions, [.. Nodes], logits);

    static IReadOnlyList<WeightSlice> Slices(Weight weight, Weight? second) => second is null ? [weight.Whole] : [weight.Whole, second.Whole];

    /// <summary>The lines that builders of one graph share.</summary>
    sealed class Draft(DType type)
    {
        public DType Type => type;
        public List<Node> Nodes { get; } = [];
        /// <summary>0 and 1 are ids and positions.</summary>
        public int NextId { get; set; } = 2;
    }
}
