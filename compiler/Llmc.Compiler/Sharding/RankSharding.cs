using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Compiler.Sharding;

/// <summary>
/// Rewrites the model for one rank. Each operation says which layouts of its inputs it can work on and which layout its
/// result has then; a collective is inserted only where a value is met in a layout that will not do.
/// </summary>
sealed class RankSharding(ModelGraph model, Plan plan, int rank)
{
    readonly Dictionary<int, LocalValue> _locals = new()
    {
        [model.Ids.Id] = new(model.Ids, Layout.Whole, null),
        [model.Positions.Id] = new(model.Positions, Layout.Whole, null),
    };
    readonly List<Node> _nodes = [];
    int _nextId = Math.Max(model.Ids.Id, model.Positions.Id) + 1;

    public RankGraph Run()
    {
        foreach (var node in model.Nodes) Write(node);
        return new(model.Name, plan, rank, model.Ids, model.Positions, _nodes, Whole(model.Logits));
    }

    void Write(Node node)
    {
        switch (node.Op)
        {
            case EmbeddingOp: WriteEmbedding(node); break;
            case LinearOp: WriteLinear(node); break;
            case AttentionOp op: WriteAttention(node, op); break;
            case ExpertsOp: WriteExperts(node); break;
            case NormOp op: WriteNorm(node, op); break;
            case ScaleOp or SelectRowsOp: Write(node, node.Op, [Any(node.Inputs[0])], LayoutOf(node.Inputs[0])); break;
            case ActivateOp or SoftCapOp or RotaryOp: WriteColumnwise(node); break;
            case AddOp or MultiplyOp or GatedOp: WriteBinary(node); break;
            default: Write(node, node.Op, [.. node.Inputs.Select(Whole)], Layout.Whole); break;
        }
    }

    /// <summary>Ids outside the rank's rows of the table give zeros, so that the sum over ranks is the embedding.</summary>
    void WriteEmbedding(Node node) =>
        Write(
            node, node.Op, [Whole(node.Inputs[0])],
            Divided(node.Weights[0].Weight.Shard.Rows) is { } rows ? new PartialLayout(rows.Mesh) : Layout.Whole);

    /// <summary>Column-parallel: whole input, rows of the weight, split result. Row-parallel: split input, partial result, bias after the sum.</summary>
    void WriteLinear(Node node)
    {
        var (input, shard) = (node.Inputs[0], node.Weights[0].Weight.Shard);
        if (Divided(shard.Columns) is not { } columns)
        {
            Write(node, node.Op, [Whole(input)], Divided(shard.Rows) is { } rows ? new SplitLayout(rows) : Layout.Whole);
            return;
        }
        if (LayoutOf(input) != new SplitLayout(columns))
            throw new GraphException($"{node.Scope}: {input} is not split by {columns.Name}, as its weight is");
        var hasBias = node.Weights.Count > 1;
        Write(node with { Weights = [node.Weights[0]] }, node.Op, [Any(input)], new PartialLayout(columns.Mesh));
        if (hasBias) Write(node with { Weights = [node.Weights[1]] }, new AddBiasOp(), [Whole(node.Result)], Layout.Whole);
    }

    /// <summary>Each rank attends with its own heads.</summary>
    void WriteAttention(Node node, AttentionOp op)
    {
        if (LayoutOf(node.Inputs[0]) is not SplitLayout { Axis: var queries }
            || LayoutOf(node.Inputs[1]) is not SplitLayout { Axis: var keys })
        {
            Write(node, op, [.. node.Inputs.Select(Whole)], Layout.Whole);
            return;
        }
        var (query, kv) = (queries.UnitsOf(plan, rank), keys.UnitsOf(plan, rank));
        var heads = op.Heads with { Query = query.Count, Kv = kv.Count, GroupOffset = query.Start - kv.Start * op.Heads.GroupSize };
        Write(node, op with { Heads = heads }, [.. node.Inputs.Select(Any)], new SplitLayout(queries));
    }

    /// <summary>A rank adds up what its experts, or its parts of them, contribute.</summary>
    void WriteExperts(Node node) =>
        Write(node, node.Op, [.. node.Inputs.Select(Whole)], plan.World > 1 ? new PartialLayout(Mesh.World) : Layout.Whole);

    /// <summary>A norm of each head stays with its head.</summary>
    void WriteNorm(Node node, NormOp op)
    {
        var layout = LayoutOf(node.Inputs[0]);
        if (layout is not SplitLayout { Axis: var axis })
            Write(node, op, [Whole(node.Inputs[0])], Layout.Whole);
        else if (axis.Unit % op.Size == 0)
            Write(node, op, [Any(node.Inputs[0])], layout);
        else
            throw Diagnostics.NormAcrossRanks.With(node.Scope, axis.Name, plan.Text);
    }

    /// <summary>Works on split columns as on whole ones; a partial value has to be summed first.</summary>
    void WriteColumnwise(Node node)
    {
        var x = node.Inputs[0];
        var layout = LayoutOf(x) is SplitLayout split ? split : Layout.Whole;
        Write(node, node.Op, [layout == Layout.Whole ? Whole(x) : Any(x), .. node.Inputs.Skip(1).Select(Whole)], layout);
    }

    /// <summary>Operands that are split alike stay so; terms of the same sum are added before they are summed over ranks.</summary>
    void WriteBinary(Node node)
    {
        var (a, b) = (LayoutOf(node.Inputs[0]), LayoutOf(node.Inputs[1]));
        var together = a == b && (a is SplitLayout || a is PartialLayout && node.Op is AddOp);
        var scaledByRow = node.Op is MultiplyOp && node.Inputs[1].Columns == 1 && b == Layout.Whole;
        if (together || scaledByRow)
            Write(node, node.Op, [.. node.Inputs.Select(Any)], a);
        else
            Write(node, node.Op, [.. node.Inputs.Select(Whole)], Layout.Whole);
    }

    /// <summary>Adds a node with this rank's slices of the weights; its results take the place of the model's.</summary>
    void Write(Node node, Op op, IReadOnlyList<Value> inputs, Layout layout)
    {
        Value[] results = [.. node.Results.Select(r => r with { Id = _nextId++, Columns = LocalColumns(r, layout) })];
        IReadOnlyList<WeightSlice> weights = [.. node.Weights.Select(slice => slice.Weight.SliceFor(plan, rank))];
        var local = node with { Results = results, Op = op, Inputs = inputs, Weights = weights };
        _nodes.Add(local);
        foreach (var (result, value) in node.Results.Zip(results)) _locals[result.Id] = new(value, layout, local);
    }

    /// <summary>The local value in whatever layout it has.</summary>
    Value Any(Value value) => _locals[value.Id].Value;

    Layout LayoutOf(Value value) => _locals[value.Id].Layout;

    /// <summary>The whole value on this rank, through a collective where it is not there yet.</summary>
    Value Whole(Value value)
    {
        var local = _locals[value.Id];
        if (local.Layout == Layout.Whole) return local.Value;
        Op op = local.Layout switch
        {
            PartialLayout partial => new AllReduceOp(partial.Mesh),
            SplitLayout { Axis: { Group: 1 } axis } =>
                new AllGatherOp(axis.Mesh, [.. plan.Group(axis.Mesh, rank).Select(r => axis.SpanOf(plan, r).Count)]),
            _ => throw new GraphException($"{value} is repeated on several ranks and cannot be gathered"),
        };
        var result = local.Value with { Id = _nextId++, Columns = value.Columns };
        var node = local.Producer! with { Results = [result], Op = op, Inputs = [local.Value], Weights = [] };
        _nodes.Add(node);
        _locals[value.Id] = new(result, Layout.Whole, node);
        return result;
    }

    int LocalColumns(Value value, Layout layout) => layout is SplitLayout { Axis: var axis } ? axis.SpanOf(plan, rank).Count : value.Columns;

    /// <summary>The axis, if more than one rank divides it.</summary>
    Axis? Divided(Axis? axis) => axis is not null && plan.Size(axis.Mesh) > 1 ? axis : null;
}
