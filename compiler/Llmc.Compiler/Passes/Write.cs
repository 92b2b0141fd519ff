using System.Text;
using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Compiler.Passes;

/// <summary>Writes the engine: rank programs, weights, machine code, tokenizer files, and last the manifest that names them all.</summary>
static class Write
{
    /// <summary>Files that the runtime reads from the engine as they came with the checkpoint.</summary>
    static readonly string[] TextFiles =
        ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "generation_config.json"];

    public static Compilation Run(Compilation c)
    {
        using var output = new EngineOutput(c.Options);
        var total = c.Steps.Sum(s => s.Placement!.WeightBytes);
        output.RequireSpace(total);
        CopyTextFiles(c, output);
        foreach (var program in c.Programs)
        {
            output.Write($"{program.Name}.cs", Encoding.UTF8.GetBytes(program.Source));
            output.Write($"{program.Name}.dll", program.Assembly.AsMemory());
            output.Write($"{program.Name}.pdb", program.Symbols.AsMemory());
        }
        foreach (var file in c.Code) output.Write(file.Path, file.Bytes);
        WriteWeights(c, output, total);
        var manifest = Describe(c, output.Files);
        output.Complete(manifest);
        return c with { Manifest = manifest };
    }

    static void CopyTextFiles(Compilation c, EngineOutput output)
    {
        foreach (var path in TextFiles.Select(file => Path.Combine(c.Checkpoint.Folder, file)).Where(File.Exists))
            output.Write(Path.GetFileName(path), File.ReadAllBytes(path));
    }

    static void WriteWeights(Compilation c, EngineOutput output, long total)
    {
        var (rows, done) = (new RowSource(c.Checkpoint), 0L);
        var writer = new WeightWriter(rows, bytes => c.Progress.WeightsWritten(done += bytes, total));
        foreach (var step in c.Steps) output.Write($"rank{step.Rank}.weights", stream => writer.Write(step, stream));
    }

    static Manifest Describe(Compilation c, IReadOnlyList<FileManifest> files)
    {
        var (config, generation, matrices) = (c.Checkpoint.Config, c.Checkpoint.Generation, c.Formats.Matrices.Values);
        return new()
        {
            FormatVersion = Manifest.CurrentFormat,
            Producer = Producer.Name,
            Target = "cpu",
            Model = new(
                c.Model.Name, config.Architectures[0], config.NumLayers, config.HiddenSize, config.VocabSize, c.Parameters, config.MaxPositions,
                config.BosTokenId, generation.EosTokenIds ?? config.EosTokenIds),
            Plan = new(c.Options.Plan.World, c.Options.Tp, c.Options.Ep),
            Numbers = new(
                Spelled(matrices.Select(m => m.Weight.ToString())), Spelled(matrices.Select(m => m.Input.ToString())), c.Formats.KvCache.Text()),
            Limits = c.Limits,
            Ranks = [.. c.Steps.Select(step => DescribeRank(c, step))],
            Code = [.. c.Code.SelectMany(file => file.Code)],
            Generation = new(
                generation.DoSample, (float?)generation.Temperature, (float?)generation.TopP, generation.TopK, (float?)generation.MinP,
                (float?)generation.RepetitionPenalty, generation.MaxNewTokens),
            Files = [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)],
        };
    }

    static string Spelled(IEnumerable<string> formats) => string.Join('+', formats.Distinct().Order(StringComparer.Ordinal)).ToLowerInvariant();

    static RankManifest DescribeRank(Compilation c, StepProgram step) => new()
    {
        Rank = step.Rank,
        TpGroup = c.Options.Plan.Group(Mesh.Tp, step.Rank),
        ProgramFile = $"{c.Programs[step.Rank].Name}.dll",
        ProgramType = c.Programs[step.Rank].TypeName,
        WeightsFile = $"rank{step.Rank}.weights",
        Memory = c.MemoryOf(step),
        Kv = new(step.Placement!.BlockBytes, c.Formats.KvCache),
        LogitsOffset = step.Placement.Buffers[step.Logits],
        Kernels = step.Kernels,
        Launches = [.. step.Launches.Select(l => l.Kernel)],
        Tensors = [.. step.Items.Zip(step.Placement.Items, (item, offset) => new TensorManifest(item.Name, item.Text, offset, item.Bytes))],
    };
}
