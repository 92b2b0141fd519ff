namespace Llmc.Graph;

/// <summary>
/// A placed step with its repetition found: layers that launch the same kernels on the same buffers are one kind, and a
/// table holds what differs between them. This is what the generated program looks like.
/// </summary>
/// <param name="Begin">Launches before the first layer.</param>
/// <param name="Kinds">Distinct layers.</param>
/// <param name="Layers">For each layer its kind and its row of the kind's table.</param>
/// <param name="End">Launches after the last layer.</param>
public sealed record LoopedStep(
    StepProgram Program, IReadOnlyList<Launch> Begin, IReadOnlyList<LayerKind> Kinds, IReadOnlyList<LayerRow> Layers, IReadOnlyList<Launch> End)
{
    /// <summary>Finds the kinds of layers of a placed step.</summary>
    public static LoopedStep Of(StepProgram program)
    {
        var first = program.Launches.TakeWhile(l => l.Layer is null).Count();
        var last = program.Launches.Reverse().TakeWhile(l => l.Layer is null).Count();
        var (kinds, rows) = (new List<LayerKind>(), new List<LayerRow>());
        var kindOf = new Dictionary<string, int>();
        foreach (var layer in program.Launches.Skip(first).SkipLast(last).ToLookup(l => l.Layer!.Value).OrderBy(g => g.Key))
        {
            var columns = ColumnsOf([.. layer]);
            var shape = ShapeOf(program, [.. layer], columns);
            if (!kindOf.TryGetValue(shape, out var kind))
            {
                kindOf[shape] = kind = kinds.Count;
                kinds.Add(new([.. columns.Select(c => NameOf(program, c))], columns, [.. layer]));
            }
            rows.Add(new(layer.Key, kind, [.. columns.Select(c => OffsetOf(program, c))]));
        }
        return new(program, [.. program.Launches.Take(first)], kinds, rows, [.. program.Launches.TakeLast(last)]);
    }

    /// <summary>The operands that may differ from layer to layer, in order of first use.</summary>
    static List<Operand> ColumnsOf(IReadOnlyList<Launch> layer) =>
        [.. layer.SelectMany(l => l.Arguments).Select(a => a.Operand).Where(o => o is WeightOperand or KvOperand).Distinct()];

    /// <summary>What two layers must share to be of one kind: kernels, fields, and the places of all buffers.</summary>
    static string ShapeOf(StepProgram program, IReadOnlyList<Launch> layer, List<Operand> columns)
    {
        return string.Join('\n', layer.Select(l => $"{l.Kernel} {string.Join(' ', l.Arguments.Select(a => $"{a.Field}={Place(a.Operand)}"))}"));

        string Place(Operand operand) => operand switch
        {
            BufferOperand b => $"arena+{program.Placement!.Buffers[b.Buffer] + 4L * b.Columns}",
            _ when columns.IndexOf(operand) is >= 0 and var column => $"#{column}",
            _ => operand.ToString(),
        };
    }

    static long OffsetOf(StepProgram program, Operand operand) => operand switch
    {
        WeightOperand w => program.Placement!.Items[w.Item],
        KvOperand k => program.Placement!.Layers[k.Layer],
        _ => throw new GraphException($"{operand} has no offset of its own"),
    };

    /// <summary><c>layers.0.self_attn.q_proj+k_proj+v_proj.weight</c> → <c>SelfAttnQProjKProjVProjWeight</c>.</summary>
    static string NameOf(StepProgram program, Operand operand)
    {
        if (operand is not WeightOperand { Item: var item }) return "KvCache";
        var parts = program.Items[item].Name.Split('.').SkipWhile(p => !int.TryParse(p, out _)).Skip(1);
        return string.Concat(string.Join('_', parts).Split('_', '+').Select(p => p.Length == 0 ? p : char.ToUpperInvariant(p[0]) + p[1..]));
    }
}

/// <summary>Layers that differ in offsets alone.</summary>
/// <param name="Columns">Names of the offsets, in the order of <see cref="Operands"/>.</param>
/// <param name="Operands">The first such layer's operands that the columns stand for.</param>
/// <param name="Launches">The first such layer's launches.</param>
public sealed record LayerKind(IReadOnlyList<string> Columns, IReadOnlyList<Operand> Operands, IReadOnlyList<Launch> Launches);

/// <summary>One layer: its number, its kind, its offsets.</summary>
public sealed record LayerRow(int Layer, int Kind, IReadOnlyList<long> Offsets);
