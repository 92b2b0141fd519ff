using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Graph;

namespace Llmc.Compiler.Passes;

/// <summary>
/// The tensors that the model names and the tensors that the checkpoint holds are the same, in name, shape and type. A
/// weight that goes unread would give wrong answers without a word.
/// </summary>
static class Match
{
    /// <summary>What training code leaves behind and nothing needs: the buffers of older rotary embeddings.</summary>
    static readonly string[] Leftovers = [".rotary_emb.inv_freq"];

    /// <summary>Names in a message, before the rest is only counted.</summary>
    const int MostNames = 10;

    public static Compilation Run(Compilation c)
    {
        Run(c.Model, c.Checkpoint);
        return c;
    }

    /// <exception cref="LlmcException">LLMC0103 to LLMC0105, LLMC0130 to LLMC0132.</exception>
    public static void Run(ModelGraph model, Checkpoint checkpoint)
    {
        List<Weight> weights = [.. model.Nodes.SelectMany(n => n.Weights).Select(slice => slice.Weight).Distinct()];
        RequireNames(weights, checkpoint);
        foreach (var weight in weights)
        {
            foreach (var source in weight.Sources) RequireShapeAndType(source, checkpoint.Tensors[source.Tensor]);
            RequireOneType(weight, checkpoint);
            if (weight.Copy is { } copy && checkpoint.Tensors.TryGetValue(copy, out var tensor))
                RequireEqual(checkpoint.Tensors[weight.Sources[0].Tensor], tensor);
        }
    }

    static void RequireNames(IReadOnlyList<Weight> weights, Checkpoint checkpoint)
    {
        var needed = weights.SelectMany(w => w.Sources).Select(s => s.Tensor).ToHashSet();
        var known = weights.Select(w => w.Copy).OfType<string>().Concat(needed).ToHashSet();
        List<string> missing = [.. needed.Where(name => !checkpoint.Tensors.ContainsKey(name)).Order(StringComparer.Ordinal)];
        List<string> leftOver = [.. checkpoint.Tensors.Keys.Where(name => !known.Contains(name) && !IsLeftover(name)).Order(StringComparer.Ordinal)];
        if (missing.Count > 0) throw Diagnostics.TensorsMissing.With(checkpoint.Folder, List(missing), List(leftOver));
        if (leftOver.Count > 0) throw Diagnostics.TensorsLeftOver.With(checkpoint.Folder, List(leftOver), List(missing));
    }

    static bool IsLeftover(string name) => Leftovers.Any(end => name.EndsWith(end, StringComparison.Ordinal));

    static string List(IReadOnlyList<string> names) => names.Count switch
    {
        0 => "none",
        <= MostNames => string.Join(", ", names),
        _ => $"{string.Join(", ", names.Take(MostNames))} and {names.Count - MostNames} more",
    };

    static void RequireShapeAndType(TensorRows source, CheckpointTensor tensor)
    {
        if (!tensor.Shape.SequenceEqual(source.Shape))
            throw Diagnostics.TensorShape.With(tensor.File, tensor.Name, Text(source.Shape), Text(tensor.Shape));
        if (tensor.DType is not (DType.BF16 or DType.F16 or DType.F32))
            throw Diagnostics.TensorTypeNotWeight.With(tensor.File, tensor.Name, tensor.DType.Text());
    }

    /// <summary>A weight that is put together from several tensors is read as one.</summary>
    static void RequireOneType(Weight weight, Checkpoint checkpoint)
    {
        if (weight.Sources.Count < 2) return;
        var first = checkpoint.Tensors[weight.Sources[0].Tensor];
        var other = weight.Sources.Select(s => checkpoint.Tensors[s.Tensor]).FirstOrDefault(t => t.DType != first.DType);
        if (other is not null) throw Diagnostics.TensorTypesDiffer.With(other.File, other.Name, other.DType.Text(), first.Name, first.DType.Text());
    }

    static void RequireEqual(CheckpointTensor source, CheckpointTensor copy)
    {
        if (!copy.Shape.SequenceEqual(source.Shape) || copy.DType != source.DType || !SameBytes(source, copy))
            throw Diagnostics.TiedTensorsDiffer.With(copy.File, copy.Name, source.Name);
    }

    static bool SameBytes(CheckpointTensor a, CheckpointTensor b)
    {
        const int chunk = 1 << 20;
        var (left, right) = (new byte[chunk], new byte[chunk]);
        for (long offset = 0; offset < a.ByteCount; offset += chunk)
        {
            var count = (int)Math.Min(chunk, a.ByteCount - offset);
            a.Read(offset, left.AsSpan(0, count));
            b.Read(offset, right.AsSpan(0, count));
            if (!left.AsSpan(0, count).SequenceEqual(right.AsSpan(0, count))) return false;
        }
        return true;
    }

    static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";
}
