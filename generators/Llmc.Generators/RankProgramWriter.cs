using System.Text;
using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Generators;

/// <summary>
/// <see cref="LoopedStep"/> → the C# of a rank: one class, one method for what comes before the layers, one for each kind
/// of layer, one for what comes after, and a table of offsets. Makes no choices: what it writes was decided by the passes.
/// </summary>
static class RankProgramWriter
{
    /// <summary>The C# file, LF line ends.</summary>
    /// <param name="producer">Name and version of the compiler, for the first line.</param>
    public static string Write(LoopedStep step, string producer)
    {
        var program = step.Program;
        var names = KernelNames(program.Kernels);
        var text = new StringBuilder();
        text.Append($$"""
            // Written by {{producer}}: rank {{program.Rank}} of {{program.Plan.World}} of {{program.Name}}. One step, from token ids to logits.
            using System;
            using Llmc.Artifact;

            namespace Llmc.Generated;

            public sealed unsafe class Rank{{program.Rank}} : IRankProgram
            {
                public void Run(ILauncher launcher, in RankMemory memory, in StepInput step)
                {
                    Begin(launcher, memory, step);

            """);
        WriteLoop(text, step);
        text.Append("        End(launcher, memory, step);\n    }\n");
        WriteMethod(text, step, names, "Begin", null, step.Begin);
        for (var kind = 0; kind < step.Kinds.Count; kind++)
            WriteMethod(text, step, names, MethodName(step, kind), step.Kinds[kind], step.Kinds[kind].Launches);
        WriteMethod(text, step, names, "End", null, step.End);
        for (var kind = 0; kind < step.Kinds.Count; kind++) WriteTable(text, step, kind);
        WriteKernels(text, program.Kernels, names);
        return text.Append("}\n").ToString();
    }

    static string MethodName(LoopedStep step, int kind) => step.Kinds.Count == 1 ? "Layer" : $"Layer{(char)('A' + kind)}";

    static void WriteLoop(StringBuilder text, LoopedStep step)
    {
        if (step.Kinds.Count == 1)
            text.Append("        foreach (ref readonly var layer in Layers.AsSpan()) Layer(launcher, memory, step, layer);\n");
        else
            foreach (var (kind, start, count) in Stretches(step))
                text.Append(count == 1
                    ? $"        {MethodName(step, kind)}(launcher, memory, step, {MethodName(step, kind)}s[{start}]);\n"
                    : $"        foreach (ref readonly var layer in {MethodName(step, kind)}s.AsSpan({start}, {count})) {MethodName(step, kind)}(launcher, memory, step, layer);\n");
    }

    /// <summary>Runs of layers of one kind, as ranges of that kind's table.</summary>
    static IEnumerable<(int Kind, int Start, int Count)> Stretches(LoopedStep step)
    {
        var used = new int[step.Kinds.Count];
        for (var i = 0; i < step.Layers.Count;)
        {
            var kind = step.Layers[i].Kind;
            var count = step.Layers.Skip(i).TakeWhile(l => l.Kind == kind).Count();
            yield return (kind, used[kind], count);
            used[kind] += count;
            i += count;
        }
    }

    static void WriteMethod(
        StringBuilder text, LoopedStep step, IReadOnlyList<string> names, string method, LayerKind? kind, IReadOnlyList<Launch> launches)
    {
        var layer = kind is null ? "" : $", in {method}Offsets layer";
        text.Append($"\n    static void {method}(ILauncher launcher, in RankMemory memory, in StepInput step{layer})\n    {{\n");
        var locals = new HashSet<string>();
        for (var i = 0; i < launches.Count; i++)
        {
            var launch = launches[i];
            var spec = step.Program.Kernels[launch.Kernel];
            var local = LocalName(spec, launch.Scope, locals);
            if (i > 0) text.Append('\n');
            text.Append($"        // {WithoutLayer(launch.Scope)}\n        var {local} = new {spec.Parameters.Name}\n        {{\n");
            foreach (var (field, operand, _) in launch.Arguments)
                text.Append($"            {field} = {Expression(step.Program, kind, operand)},\n");
            text.Append($"        }};\n        launcher.Launch(Kernels.{names[launch.Kernel]}, &{local});\n");
        }
        text.Append("    }\n");
    }

    /// <summary>A GEMM is named after its last module, <c>oProj</c>; anything else after its kernel.</summary>
    static string LocalName(KernelSpec spec, string scope, HashSet<string> taken)
    {
        var words = spec is GemmSpec && scope.Split(", ")[^1].Split('.')[^1].Split('_', '+') is [{ Length: > 0 }, ..] module
            ? module
            : [spec.Parameters.Name.Replace("Parameters", "", StringComparison.Ordinal)];
        var word = string.Concat(words.Select((w, i) => (i == 0 ? char.ToLowerInvariant(w[0]) : char.ToUpperInvariant(w[0])) + w[1..]));
        var name = word;
        for (var n = 2; !taken.Add(name); n++) name = $"{word}{n}";
        return name;
    }

    static string WithoutLayer(string scope) => string.Join(
        ", ", scope.Split(", ").Select(s => s.StartsWith("layers.", StringComparison.Ordinal) ? string.Join('.', s.Split('.').Skip(2)) : s));

    static string Expression(StepProgram program, LayerKind? kind, Operand operand)
    {
        var column = kind is null ? -1 : kind.Operands.ToList().IndexOf(operand);
        string Offset(long offset) => column >= 0 ? $"layer.{kind!.Columns[column]}" : $"0x{offset:x}";
        var placement = program.Placement!;
        return operand switch
        {
            BufferOperand b => Cast(program.Buffers[b.Buffer].Type, $"memory.Arena + 0x{placement.Buffers[b.Buffer] + 4L * b.Columns:x}"),
            WeightOperand w when program.Items[w.Item] is VectorItem => $"(float*)(memory.Weights + {Offset(placement.Items[w.Item])})",
            WeightOperand w => $"memory.Weights + {Offset(placement.Items[w.Item])}",
            KvOperand k => $"memory.KvCache + {Offset(placement.Layers[k.Layer])}",
            KvStrideOperand => $"0x{placement.BlockBytes:x}",
            StepOperand s => $"step.{s.Field}",
            IntOperand i => $"{i.Value}",
            _ => throw new GraphException($"cannot write {operand}"),
        };
    }

    static string Cast(DType type, string address) => type switch { DType.U8 => address, DType.I32 => $"(int*)({address})", _ => $"(float*)({address})" };

    static void WriteTable(StringBuilder text, LoopedStep step, int kind)
    {
        var (name, columns) = (MethodName(step, kind), step.Kinds[kind].Columns);
        text.Append($"\n    // Byte offsets: weights from the start of the rank's weights, the cache from the start of a KV block.\n");
        text.Append($"    readonly record struct {name}Offsets(\n        {string.Join(", ", columns.Select(c => $"long {c}"))});\n");
        text.Append($"\n    static readonly {name}Offsets[] {name}s =\n    [\n");
        foreach (var row in step.Layers.Where(l => l.Kind == kind))
            text.Append($"        new({string.Join(", ", row.Offsets.Select(o => $"0x{o:x}"))}), // layers.{row.Layer}\n");
        text.Append("    ];\n");
    }

    static void WriteKernels(StringBuilder text, IReadOnlyList<KernelSpec> kernels, IReadOnlyList<string> names)
    {
        text.Append("\n    // Rows of the kernel table in engine.json.\n    static class Kernels\n    {\n");
        for (var i = 0; i < kernels.Count; i++) text.Append($"        public const int {names[i]} = {i};\n");
        text.Append("    }\n");
    }

    /// <summary><c>gemm_rms_n512_k256_bf16</c> → <c>GemmRmsN512K256Bf16</c>, numbered where two specs share a name.</summary>
    static IReadOnlyList<string> KernelNames(IReadOnlyList<KernelSpec> kernels)
    {
        var names = new List<string>();
        foreach (var spec in kernels)
        {
            var name = string.Concat(spec.Name.Split('_').Select(p => char.ToUpperInvariant(p[0]) + p[1..]));
            var unique = name;
            for (var n = 2; names.Contains(unique); n++) unique = $"{name}_{n}";
            names.Add(unique);
        }
        return names;
    }
}
