using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Compiler;

/// <summary>Where a value stands: its buffer and the distance between its rows in floats.</summary>
readonly record struct Location(BufferOperand Buffer, int Stride);

/// <summary>The end of a GEMM: what is done with its products.</summary>
/// <param name="Residual">Where the sum's other term stands, for <see cref="Epilogue.AddResidual"/>.</param>
sealed record GemmEnd(
    Epilogue Epilogue = Epilogue.Store, Activation Activation = Activation.None, float Scale = 1f, float SoftCap = 0f, Location? Residual = null);

/// <summary>
/// Makes one GEMM out of linear layers that read the same value: their rows stacked (or gate and up alternating), the
/// norm and the row selection before them fused into its packing, what follows fused into its epilogue.
/// </summary>
sealed class GemmLowering(GraphIndex index, StepBuilder step, NumberFormats formats, Func<Value, Location> locate)
{
    /// <summary>Launches the GEMM; returns where its result stands.</summary>
    public Location Emit(IReadOnlyList<Node> linears, GemmEnd end)
    {
        var first = linears[0];
        var (format, input) = (formats.Of(first.Weights[0]), ReadInput(first.Inputs[0]));
        var gated = end.Epilogue == Epilogue.Gated;
        var runs = gated ? RowRun.Alternate(linears[0].Weights[0], linears[1].Weights[0]) : [.. linears.Select(l => RowRun.All(l.Weights[0]))];
        var biases = linears.Any(l => l.Weights.Count > 1) ? BiasRuns(linears, gated) : null;
        var spec = new GemmSpec(
            linears.Sum(l => l.Weights[0].Rows.Count), first.Weights[0].Columns.Count, format.Weight, format.Input, input.Norm?.Kind ?? NormKind.None,
            input.Norm?.Epsilon ?? 0f, input.Norm?.WeightOffset ?? 0f, input.NormWeights.Count > 1, biases is not null, end.Epilogue,
            end.Activation, end.Scale, end.SoftCap, input.Gather);
        var rows = first.Result.Rows;
        var output = step.Rows(gated ? "hidden" : "y", rows, spec.OutputColumns);
        var name = StackedName([.. linears.Select(l => l.Weights[0].Weight.Name)]);
        var maxRows = rows == RowKind.Tokens ? step.Limits.MaxTokens : step.Limits.MaxLogitsRows;

        List<Argument> arguments =
        [
            new("Tokens", new StepOperand(rows == RowKind.Tokens ? "Tokens" : "LogitsRows")),
            new("Input", input.Location.Buffer),
            new("InputStride", new IntOperand(input.Location.Stride)),
        ];
        if (input.Gather) arguments.Add(new("RowIndices", new StepOperand("LogitsIndices")));
        if (input.NormWeights.Count > 0) arguments.Add(new("NormWeight", Vector(input.NormWeights[0])));
        if (input.NormWeights.Count > 1) arguments.Add(new("NormBias", Vector(input.NormWeights[1])));
        arguments.Add(new("Weight", step.Packed(name, spec.Weight, [runs])));
        if (biases is not null) arguments.Add(new("Bias", step.Vector(name.Replace(".weight", ".bias", StringComparison.Ordinal), biases)));
        if (end.Residual is { } residual) arguments.Add(new("Residual", residual.Buffer));
        arguments.Add(new("Output", output, Writes: true));
        arguments.Add(new("Workspace", step.Scratch(spec.WorkspaceBytes(maxRows)), Writes: true));
        step.Launch(spec, ScopeOf(input.NormWeights, linears), first.Layer, arguments);
        return new(output, spec.OutputColumns);
    }

    /// <summary>A vector of the model as an operand.</summary>
    public WeightOperand Vector(WeightSlice slice) => step.Vector(slice.Weight.Name, RowRun.All(slice));

    /// <summary>Steps back from a linear's input over a selection of rows and a norm that only linears read.</summary>
    (Location Location, NormOp? Norm, IReadOnlyList<WeightSlice> NormWeights, bool Gather) ReadInput(Value value)
    {
        var (norm, weights, gather) = ((NormOp?)null, (IReadOnlyList<WeightSlice>)[], false);
        while (true)
        {
            var producer = index.ProducerOf(value);
            if (producer is { Op: SelectRowsOp }) gather = true;
            else if (producer is { Op: NormOp op } && norm is null && op.Size == value.Columns && FeedsOnlyLinears(value)) (norm, weights) = (op, producer.Weights);
            else return (locate(value), norm, weights, gather);
            value = producer.Inputs[0];
        }
    }

    bool FeedsOnlyLinears(Value value) =>
        index.ReadersOf(value).All(r => r.Op is LinearOp || r.Op is SelectRowsOp && FeedsOnlyLinears(r.Result));

    static List<RowRun> BiasRuns(IReadOnlyList<Node> linears, bool gated)
    {
        if (gated) return [.. RowRun.Alternate(linears[0].Weights[1], linears[1].Weights[1])];
        return [.. linears.Select(l => l.Weights.Count > 1 ? RowRun.All(l.Weights[1]) : RowRun.Zeros(l.Weights[0].Rows.Count))];
    }

    /// <summary><c>layers.0.self_attn.q_proj+k_proj+v_proj.weight</c>.</summary>
    static string StackedName(IReadOnlyList<string> names)
    {
        if (names.Count == 1) return names[0];
        var modules = names.Select(n => n.Split('.')).ToList();
        return $"{string.Join('.', modules[0][..^2])}.{string.Join('+', modules.Select(m => m[^2]))}.{modules[0][^1]}";
    }

    /// <summary>The modules that a launch computes, the first with its parent's name.</summary>
    static string ScopeOf(IReadOnlyList<WeightSlice> norm, IReadOnlyList<Node> linears)
    {
        var modules = norm.Take(1).Select(w => w.Weight.Name).Append(StackedName([.. linears.Select(l => l.Weights[0].Weight.Name)]));
        return string.Join(", ", modules.Select(m => m.EndsWith(".weight", StringComparison.Ordinal) ? m[..^7] : m));
    }
}
