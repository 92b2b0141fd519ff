namespace Llmc.Graph;

/// <summary>One rank's values while its graph runs.</summary>
sealed class Evaluation
{
    readonly IWeightReader _weights;
    readonly Batch _batch;
    readonly Dictionary<int, Matrix> _values;

    public Evaluation(RankGraph graph, IWeightReader weights, Batch batch)
    {
        (Graph, _weights, _batch) = (graph, weights, batch);
        _values = new() { [graph.Ids.Id] = batch.Ids, [graph.Positions.Id] = batch.Positions };
    }

    public RankGraph Graph { get; }

    public Matrix Logits => _values[Graph.Logits.Id];

    /// <summary>Runs one line; a collective reads the values of <paramref name="ranks"/>, which have run all lines before it.</summary>
    public void Run(Node node, IReadOnlyList<Evaluation> ranks)
    {
        var results = node.Op switch
        {
            AllReduceOp op => [Collectives.Sum(ValuesOver(op.Over))],
            AllGatherOp op => [Collectives.SideBySide(ValuesOver(op.Over))],
            _ => Evaluate(node),
        };
        for (var i = 0; i < results.Length; i++) _values[node.Results[i].Id] = Checked(node.Results[i], results[i]);

        IReadOnlyList<Matrix> ValuesOver(Mesh mesh) =>
            [.. Graph.Plan.Group(mesh, Graph.Rank).Select(rank => ranks[rank]._values[node.Inputs[0].Id])];
    }

    Matrix[] Evaluate(Node node)
    {
        var x = _values[node.Inputs[0].Id];
        Matrix second() => _values[node.Inputs[1].Id];
        Matrix third() => _values[node.Inputs[2].Id];
        return node.Op switch
        {
            EmbeddingOp => [Linears.Embedding(x, Read(node, 0), node.Weights[0])],
            LinearOp => [Linears.Linear(x, Read(node, 0), ReadOptional(node, 1), node.Result.Columns)],
            AddBiasOp => [Linears.AddBias(x, Read(node, 0))],
            ExpertsOp op => [Linears.Experts(x, second(), third(), [.. node.Weights.Select(Read)], node.Weights[0], op.Activation)],
            NormOp op => [Norms.Norm(x, op, Read(node, 0), ReadOptional(node, 1))],
            RotaryTableOp op => Rotations.Table(x, Read(node, 0), op.Factor),
            RotaryOp op => [Rotations.Rotate(x, second(), third(), op)],
            AttentionOp op => [Attention.Attend(x, second(), third(), op, ReadOptional(node, 0), _batch.Sequences)],
            RouteOp op => Routing.Route(x, op, ReadOptional(node, 0)),
            ScaleOp op => [x.Map(v => v * op.Factor)],
            SoftCapOp op => [x.Map(v => op.Cap * MathF.Tanh(v / op.Cap))],
            ActivateOp op => [x.Map(Activations.Of(op.Activation))],
            GatedOp op => [x.Map(Activations.Of(op.Activation)).Zip(second(), (gate, up) => gate * up)],
            AddOp => [x.Zip(second(), (a, b) => a + b)],
            MultiplyOp => [x.Zip(second(), (a, b) => a * b)],
            ColumnsOp op => [Collectives.Columns(x, op.Columns)],
            SelectRowsOp => [x],
            _ => throw new GraphException($"the interpreter does not know {GraphText.Line(node)}"),
        };
    }

    float[] Read(Node node, int index) => Read(node.Weights[index]);

    float[]? ReadOptional(Node node, int index) => index < node.Weights.Count ? Read(node, index) : null;

    float[] Read(WeightSlice slice) => slice.Weight.Constant is { } values ? [.. values] : _weights.Read(slice);

    static Matrix Checked(Value value, Matrix result) => result.Columns == value.Columns
        ? result
        : throw new GraphException($"{value} should have {value.Columns} columns but has {result.Columns}");
}
