using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Compiler.Passes;
using Llmc.Graph;
using Llmc.Models;

namespace Llmc.Compiler;

/// <summary>A tensor of a checkpoint, and whether the model uses it.</summary>
public sealed record InspectedTensor(string Name, string Type, IReadOnlyList<long> Shape, long Bytes, bool Mapped);

/// <summary>What a build would make of a checkpoint; reads headers only.</summary>
/// <param name="Problem">Why it would be refused; null when it would not.</param>
public sealed record CheckpointInspection(
    string Architecture, long Parameters, long Bytes, int NumLayers, int HiddenSize, int VocabSize, int MaxPositions,
    IReadOnlyList<InspectedTensor> Tensors, string? Problem)
{
    /// <summary>Opens, describes and matches the checkpoint in <paramref name="folder"/>.</summary>
    /// <exception cref="LlmcException">Its files or its configuration cannot be read, or its architecture is unknown.</exception>
    public static CheckpointInspection Of(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        var (config, model) = (checkpoint.Config, Registry.Build(checkpoint.Config, folder, DType.BF16));
        var weights = model.Nodes.SelectMany(n => n.Weights).Select(w => w.Weight).Distinct().ToList();
        var mapped = weights.SelectMany(w => w.Sources).Select(s => s.Tensor).ToHashSet();
        return new(
            config.Architectures[0], ParametersOf(weights), checkpoint.Tensors.Values.Sum(t => t.ByteCount), config.NumLayers, config.HiddenSize,
            config.VocabSize, config.MaxPositions,
            [.. checkpoint.Tensors.Values.OrderBy(t => t.Name, StringComparer.Ordinal)
                .Select(t => new InspectedTensor(t.Name, t.DType.Text(), t.Shape, t.ByteCount, mapped.Contains(t.Name)))],
            ProblemOf(checkpoint, model));
    }

    static long ParametersOf(IEnumerable<Weight> weights) => weights.Where(w => w.Constant is null).Sum(w => (long)w.Experts * w.Rows * w.Columns);

    static string? ProblemOf(Checkpoint checkpoint, ModelGraph model)
    {
        try
        {
            Import.RequireUnquantized(checkpoint);
            Match.Run(model, checkpoint);
            return null;
        }
        catch (LlmcException refused)
        {
            return refused.Message;
        }
    }
}
