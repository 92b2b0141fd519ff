using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Compiler.Passes;

/// <summary>
/// RankGraph → launches. Works backwards from the logits: whoever needs a value has it located, and locating it launches
/// the kernel that makes it together with everything that fuses into that kernel.
/// </summary>
sealed class Fuse
{
    readonly GraphIndex _index;
    readonly StepBuilder _step;
    readonly NumberFormats _formats;
    readonly GemmLowering _gemm;
    readonly RankGraph _graph;
    readonly Dictionary<int, Location> _located = [];

    /// <summary>The step of a rank, not yet placed.</summary>
    public static StepProgram Run(RankGraph graph, NumberFormats formats, Limits limits) => new Fuse(graph, formats, limits).Run();

    Fuse(RankGraph graph, NumberFormats formats, Limits limits)
    {
        (_graph, _formats, _index, _step) = (graph, formats, new(graph), new(limits));
        _gemm = new(_index, _step, formats, Locate);
    }

    StepProgram Run() => InPlace.Residuals(_step.Build(_graph, Locate(_graph.Logits).Buffer));

    /// <summary>Where a value stands, its kernel launched on the first call.</summary>
    Location Locate(Value value)
    {
        if (_located.TryGetValue(value.Id, out var known)) return known;
        var node = _index.ProducerOf(value)!;
        var location = node.Op switch
        {
            EmbeddingOp => Embedding(node, 1f),
            LinearOp => _gemm.Emit([node], new()),
            ActivateOp op when _index.OnlyFor<LinearOp>(node.Inputs[0]) is { } linear => _gemm.Emit([linear], new(Epilogue.Activate, op.Activation)),
            GatedOp op when GateAndUp(node) is { } linears => _gemm.Emit(linears, new(Epilogue.Gated, op.Activation)),
            SoftCapOp op when ScaledLinear(node.Inputs[0]) is var (linear, scale) => _gemm.Emit([linear], new(Scale: scale, SoftCap: op.Cap)),
            ScaleOp op when _index.OnlyFor<EmbeddingOp>(node.Inputs[0]) is { } embedding => Embedding(embedding, op.Factor),
            ScaleOp when ScaledLinear(value) is var (linear, scale) => _gemm.Emit([linear], new(Scale: scale)),
            NormOp op when op.Size == value.Columns => Norm(node, op),
            AddOp => Sum(node),
            AddBiasOp or ScaleOp or AllReduceOp => Reduce(value, residual: null),
            AllGatherOp op => AllGather(node, op),
            AttentionOp op => Attention(node, op),
            RouteOp op => Route(node, op),
            ExpertsOp op => Experts(node, op),
            RotaryTableOp op => RotaryTable(node, op),
            _ => throw Diagnostics.NoKernelForOperation.With(node.Op.Word, node.Scope, "cpu"),
        };
        _located.TryAdd(value.Id, location);
        return _located[value.Id];
    }

    Location Embedding(Node node, float scale)
    {
        var table = node.Weights[0];
        var layout = new PackedWeight(_formats.Tables[table.Weight], table.Rows.Count, table.Columns.Count);
        var output = _step.Rows("x", RowKind.Tokens, layout.Columns);
        _step.Launch(
            new EmbeddingSpec(table.Rows.Start, layout.Rows, layout.Columns, layout.Format, scale), node,
            new("Tokens", new StepOperand("Tokens")), new("TokenIds", new StepOperand("TokenIds")),
            new("Weight", _step.Packed(table.Weight.Name, layout, [[RowRun.All(table)]])), new("Output", output, Writes: true));
        return new(output, layout.Columns);
    }

    Location Norm(Node node, NormOp op)
    {
        var (input, output) = (Locate(node.Inputs[0]), _step.Rows("normed", node.Result.Rows, op.Size));
        List<Argument> arguments =
            [new("Tokens", new StepOperand("Tokens")), new("Input", input.Buffer), new("Weight", _gemm.Vector(node.Weights[0]))];
        if (node.Weights.Count > 1) arguments.Add(new("Bias", _gemm.Vector(node.Weights[1])));
        arguments.Add(new("Output", output, Writes: true));
        _step.Launch(new NormSpec(op.Kind, op.Size, op.Epsilon, op.WeightOffset, node.Weights.Count > 1), node, arguments);
        return new(output, op.Size);
    }

    /// <summary>a + b, fused into the GEMM or the all-reduce that makes b where nobody else reads b.</summary>
    Location Sum(Node node)
    {
        var (residual, branch) = (node.Inputs[0], node.Inputs[1]);
        if (_index.ReadersOf(branch).Count == 1 && ScaledLinear(branch) is var (linear, scale))
            return _gemm.Emit([linear], new(Epilogue.AddResidual, Scale: scale, Residual: Locate(residual)));
        return Reduce(branch, residual);
    }

    /// <summary>A linear that only the value reads, and the factor between them.</summary>
    (Node Linear, float Scale)? ScaledLinear(Value value)
    {
        if (_index.ProducerOf(value) is { Op: LinearOp } linear) return (linear, 1f);
        return _index.ProducerOf(value) is { Op: ScaleOp op } scale && _index.OnlyFor<LinearOp>(scale.Inputs[0]) is { } scaled ? (scaled, op.Factor) : null;
    }

    /// <summary>residual + scale · (bias + Σ over ranks): an all-reduce with what stands around it; over one rank, plain arithmetic.</summary>
    Location Reduce(Value value, Value? residual)
    {
        var (scale, bias, group, node) = (1f, (WeightSlice?)null, 1, _index.ProducerOf(value));
        bool mayFuse() => node is not null && (node.Result == value || _index.ReadersOf(node.Result).Count == 1);
        var sum = value;
        if (residual is null || _index.ReadersOf(value).Count == 1)
        {
            if (mayFuse() && node!.Op is ScaleOp op) (scale, sum, node) = (op.Factor, node.Inputs[0], _index.ProducerOf(node.Inputs[0]));
            if (mayFuse() && node!.Op is AddBiasOp && scale == 1f) (bias, sum, node) = (node.Weights[0], node.Inputs[0], _index.ProducerOf(node.Inputs[0]));
            if (mayFuse() && node!.Op is AllReduceOp reduce) (group, sum) = (_graph.Plan.Size(reduce.Over), node.Inputs[0]);
        }
        var (input, home) = (Locate(sum), residual is null ? (Location?)null : Locate(residual));
        var output = _step.Rows("x", value.Rows, value.Columns);
        List<Argument> arguments = [new("Tokens", new StepOperand(value.Rows == RowKind.Tokens ? "Tokens" : "LogitsRows")), new("Input", input.Buffer)];
        if (home is { } at) arguments.Add(new("Residual", at.Buffer));
        if (bias is not null) arguments.Add(new("Bias", _gemm.Vector(bias)));
        arguments.Add(new("Output", output, Writes: true));
        _step.Launch(new AllReduceSpec(value.Columns, group, residual is not null, bias is not null, scale), _index.ProducerOf(value)!, arguments);
        return new(output, value.Columns);
    }

    Location AllGather(Node node, AllGatherOp op)
    {
        var (input, output) = (Locate(node.Inputs[0]), _step.Rows("gathered", node.Result.Rows, node.Result.Columns));
        _step.Launch(
            new AllGatherSpec(op.Columns), node, new("Rows", new StepOperand(node.Result.Rows == RowKind.Tokens ? "Tokens" : "LogitsRows")),
            new("Input", input.Buffer), new("Output", output, Writes: true));
        return new(output, node.Result.Columns);
    }

    IReadOnlyList<Node>? GateAndUp(Node gated) =>
        _index.OnlyFor<LinearOp>(gated.Inputs[0]) is { } gate && _index.OnlyFor<LinearOp>(gated.Inputs[1]) is { } up && gate.Inputs[0] == up.Inputs[0]
            && gate.Weights.Count == up.Weights.Count && _formats.Of(gate.Weights[0]) == _formats.Of(up.Weights[0])
            ? [gate, up]
            : null;

    Location RotaryTable(Node node, RotaryTableOp op)
    {
        var half = node.Result.Columns;
        var (cosines, sines) = (_step.Rows("cosines", RowKind.Tokens, half), _step.Rows("sines", RowKind.Tokens, half));
        _step.Launch(
            new RotaryTableSpec(2 * half, op.Factor), node, new("Tokens", new StepOperand("Tokens")), new("Positions", new StepOperand("Positions")),
            new("InverseFrequencies", _gemm.Vector(node.Weights[0])), new("Cosines", cosines, Writes: true), new("Sines", sines, Writes: true));
        _located[node.Results[0].Id] = new(cosines, half);
        _located[node.Results[1].Id] = new(sines, half);
        return _located[node.Results[0].Id];
    }

    Location Attention(Node node, AttentionOp op)
    {
        var (q, k, v) = (AttentionInput.Of(_index, node.Inputs[0]), AttentionInput.Of(_index, node.Inputs[1]), AttentionInput.Of(_index, node.Inputs[2]));
        if (q is null || k is null || v is null || !q.Value.GoesWith(k.Value) || q.Value.Linear.Inputs[0] != v.Value.Linear.Inputs[0])
            throw Diagnostics.NoKernelForOperation.With(node.Op.Word, node.Scope, "cpu");
        var qkv = _gemm.Emit([q.Value.Linear, k.Value.Linear, v.Value.Linear], new());
        var layout = new KvLayout(_formats.KvCache, _step.Limits.BlockSize);
        var cache = _step.Cache(op.Layer, layout.LayerBlockBytes(op.Heads));
        RotaryKvWrite(node, op, q.Value, k.Value, qkv, layout, cache);
        var output = _step.Rows("attended", RowKind.Tokens, node.Result.Columns);
        List<Argument> arguments =
        [
            new("Tokens", new StepOperand("Tokens")), new("Sequences", new StepOperand("Sequences")), new("Qkv", qkv.Buffer),
            new("KvCache", cache), new("KvBlockStride", new KvStrideOperand()), new("QueryStart", new StepOperand("QueryStart")),
            new("ContextLengths", new StepOperand("ContextLengths")), new("BlockTables", new StepOperand("BlockTables")),
            new("BlocksPerSequence", new StepOperand("BlocksPerSequence")),
        ];
        if (node.Weights.Count > 0) arguments.Add(new("Sinks", _gemm.Vector(node.Weights[0])));
        arguments.Add(new("Output", output, Writes: true));
        _step.Launch(new AttentionSpec(op.Heads, layout, op.Scale, op.Window, op.SoftCap, node.Weights.Count > 0), node, arguments);
        return new(output, node.Result.Columns);
    }

    void RotaryKvWrite(Node node, AttentionOp op, AttentionInput q, AttentionInput k, Location qkv, KvLayout layout, KvOperand cache)
    {
        var rotary = q.Rotary?.Op as RotaryOp;
        var norm = q.Norm?.Op as NormOp;
        var kind = norm is null ? QkNorm.None : norm.Size == op.Heads.Dim ? QkNorm.PerHead : QkNorm.Whole;
        List<Argument> arguments = [new("Tokens", new StepOperand("Tokens")), new("Qkv", qkv.Buffer, Writes: true)];
        if (norm is not null) arguments.AddRange([new("QueryNorm", _gemm.Vector(q.Norm!.Weights[0])), new("KeyNorm", _gemm.Vector(k.Norm!.Weights[0]))]);
        if (rotary is not null) arguments.AddRange([new("Cosines", Locate(q.Rotary!.Inputs[1]).Buffer), new("Sines", Locate(q.Rotary.Inputs[2]).Buffer)]);
        arguments.AddRange([new("SlotMapping", new StepOperand("SlotMapping")), new("KvCache", cache), new("KvBlockStride", new KvStrideOperand())]);
        _step.Launch(
            new RotaryKvWriteSpec(
                op.Heads, layout, rotary?.RotaryDim ?? 0, rotary?.Interleaved ?? false, kind, norm?.Epsilon ?? 0f, norm?.WeightOffset ?? 0f),
            node, arguments);
    }

    Location Route(Node node, RouteOp op)
    {
        var logits = Locate(node.Inputs[0]);
        var (experts, weights) = (_step.Rows("experts", RowKind.Tokens, op.Selected, DType.I32), _step.Rows("shares", RowKind.Tokens, op.Selected));
        List<Argument> arguments = [new("Tokens", new StepOperand("Tokens")), new("Logits", logits.Buffer)];
        if (node.Weights.Count > 0) arguments.Add(new("SelectionBias", _gemm.Vector(node.Weights[0])));
        arguments.AddRange([new("Experts", experts, Writes: true), new("Weights", weights, Writes: true)]);
        _step.Launch(
            new RouteSpec(
                node.Inputs[0].Columns, op.Selected, op.Score, op.Normalize, op.Scaling, op.Groups, op.SelectedGroups, op.GroupTop, node.Weights.Count > 0),
            node, arguments);
        _located[node.Results[0].Id] = new(experts, op.Selected);
        _located[node.Results[1].Id] = new(weights, op.Selected);
        return _located[node.Results[0].Id];
    }

    Location Experts(Node node, ExpertsOp op)
    {
        var (gate, up, down) = (node.Weights[0], node.Weights[1], node.Weights[2]);
        var format = _formats.Of(gate);
        var spec = new ExpertsSpec(
            gate.Experts.Start, gate.Experts.Count, node.Inputs[1].Columns, node.Result.Columns, gate.Rows.Count, format.Weight, format.Input, op.Activation);
        var experts = Enumerable.Range(0, spec.Experts);
        var gateUp = _step.Packed(StackName(gate, "gate+up"), spec.GateUp, [.. experts.Select(e => RowRun.Alternate(gate, up, e))]);
        var downs = _step.Packed(StackName(down, "down"), spec.Down, [.. experts.Select(e => (IReadOnlyList<RowRun>)[new(down, e, 0, down.Rows.Count)])]);
        var (input, ids, shares) = (Locate(node.Inputs[0]), Locate(node.Inputs[1]), Locate(node.Inputs[2]));
        var output = _step.Rows("mixed", RowKind.Tokens, node.Result.Columns);
        _step.Launch(
            spec, node, new("Tokens", new StepOperand("Tokens")), new("Input", input.Buffer), new("Experts", ids.Buffer), new("Weights", shares.Buffer),
            new("GateUp", gateUp), new("Down", downs), new("Output", output, Writes: true),
            new("Workspace", _step.Scratch(spec.WorkspaceBytes(_step.Limits.MaxTokens)), Writes: true));
        return new(output, node.Result.Columns);
    }

    static string StackName(WeightSlice slice, string part) => $"{string.Join('.', slice.Weight.Name.Split('.').TakeWhile(p => p != "experts"))}.experts.{part}";
}
