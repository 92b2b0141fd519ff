using System.Text;

namespace Llmc.Graph;

/// <summary>Printed form: <c>launch gemm_rms_n512_k256_bf16 tokens=T input=arena+0x0 weight=w+0x1a000 …</c>.</summary>
static class StepText
{
    public static string Print(StepProgram program)
    {
        var text = new StringBuilder($"step of rank {program.Rank} of {program.Plan.World}, {program.Name}\n");
        string? section = null;
        foreach (var launch in program.Launches)
        {
            var current = launch.Layer is { } layer ? $"layer {layer}" : section is null or "begin" ? "begin" : "end";
            if (current != section) text.Append($"\n  # {section = current}\n");
            text.Append($"  launch {Line(program, launch)}\n");
        }
        text.Append($"\n  return {OperandText(program, new BufferOperand(program.Logits))}\n");
        if (program.Placement is { } p)
            text.Append($"\n  memory: weights {p.WeightBytes}, arena {p.ArenaBytes}, {p.BlockBytes} a KV block\n");
        text.Append("\n  weights:\n");
        for (var i = 0; i < program.Items.Count; i++)
            text.Append($"    {(program.Placement is { } at ? $"0x{at.Items[i]:x8} " : "")}{program.Items[i].Name} : {program.Items[i].Text}\n");
        return text.ToString();
    }

    public static string Line(StepProgram program, Launch launch) =>
        $"{program.Kernels[launch.Kernel].Name} {string.Join(' ', launch.Arguments.Select(a => $"{Snake(a.Field)}={OperandText(program, a.Operand)}"))}";

    static string OperandText(StepProgram program, Operand operand) => operand switch
    {
        BufferOperand b when program.Placement is { } p => $"arena+0x{p.Buffers[b.Buffer] + 4L * b.Columns:x}",
        BufferOperand b => program.Buffers[b.Buffer].Name + (b.Columns == 0 ? "" : $"+{b.Columns}"),
        WeightOperand w when program.Placement is { } p => $"w+0x{p.Items[w.Item]:x}",
        WeightOperand w => $"w[{program.Items[w.Item].Name}]",
        KvOperand k when program.Placement is { } p => $"kv+0x{p.Layers[k.Layer]:x}",
        KvOperand k => $"kv[{k.Layer}]",
        KvStrideOperand => program.Placement is { } p ? $"{p.BlockBytes}" : "block",
        StepOperand s => s.Field switch { "Tokens" => "T", "LogitsRows" => "B", _ => Snake(s.Field) },
        IntOperand i => $"{i.Value}",
        _ => operand.ToString(),
    };

    static string Snake(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : $"{c}"));
}
