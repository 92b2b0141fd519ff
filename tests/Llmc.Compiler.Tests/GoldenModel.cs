using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Graph;
using Llmc.Models;

namespace Llmc.Compiler.Tests;

/// <summary>A small checkpoint, and what transformers computes on it: see <c>tests/goldens/models</c>.</summary>
sealed class GoldenModel : IDisposable
{
    readonly Checkpoint _checkpoint;
    readonly SafetensorsFile _golden;

    public GoldenModel(string name)
    {
        var folder = Repository.PathOf("tests", "goldens", "models", name);
        _checkpoint = Checkpoint.Open(folder);
        _golden = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        Graph = Registry.Build(_checkpoint.Config, folder, DType.F32);
        Weights = new CachedWeights(new WeightReader(_checkpoint));
        Prompts = Rows("input_ids");
        Greedy = Rows("greedy");
    }

    public ModelGraph Graph { get; }

    public IWeightReader Weights { get; }

    /// <summary>Two prompts of 24 ids.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Prompts { get; }

    /// <summary>The ids that follow each prompt.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Greedy { get; }

    /// <summary>Logits [24, V] of each prompt.</summary>
    public IReadOnlyList<float[]> Logits
    {
        get
        {
            var all = _golden.Tensors["logits"].ToArray<float>();
            return [.. all.Chunk(all.Length / Prompts.Count)];
        }
    }

    /// <summary>Distance between the best and the second best logit at each greedy step.</summary>
    public IReadOnlyList<float[]> Margins => [.. _golden.Tensors["margin"].ToArray<float>().Chunk(Greedy[0].Count)];

    public void Dispose()
    {
        _golden.Dispose();
        _checkpoint.Dispose();
    }

    IReadOnlyList<IReadOnlyList<int>> Rows(string tensor)
    {
        var (values, width) = (_golden.Tensors[tensor].ToArray<long>(), (int)_golden.Tensors[tensor].Shape[1]);
        return [.. values.Select(id => (int)id).Chunk(width)];
    }
}
