using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Compiler.Passes;

/// <summary>
/// Chooses the number format of every matrix. Layers take the format that the user asked for; the embedding and the head
/// stay in the base type, as their error reaches every token; routers multiply in float32, since a rounded logit may pick
/// another expert.
/// </summary>
static class Fold
{
    public static NumberFormats Run(ModelGraph model, BuildOptions options, Func<string, DType> typeOfTensor)
    {
        var routed = model.Nodes.Where(n => n.Op is RouteOp).Select(n => n.Inputs[0].Id).ToHashSet();
        var matrices = new Dictionary<Weight, MatrixFormat>();
        foreach (var node in model.Nodes)
            foreach (var slice in Matrices(node))
                matrices[slice.Weight] = Format(node, BaseOf(slice.Weight));
        return new(matrices, options.Type);

        MatrixFormat Format(Node node, WeightFormat baseFormat)
        {
            var input = options.Type == DType.F32 ? ActivationFormat.F32 : ActivationFormat.BF16;
            if (node.Op is EmbeddingOp || node.Result.Rows == RowKind.Logits) return new(baseFormat, input);
            if (routed.Contains(node.Result.Id)) return new(baseFormat, ActivationFormat.F32);
            return options.Quantization switch
            {
                Quantization.Fp8 => new(WeightFormat.F8E4M3, input),
                Quantization.Int8 => new(WeightFormat.I8, ActivationFormat.I8),
                _ => new(baseFormat, input),
            };
        }

        WeightFormat BaseOf(Weight weight) =>
            options.Type == DType.F32 && weight.Sources.Any(s => typeOfTensor(s.Tensor) != DType.BF16) ? WeightFormat.F32 : WeightFormat.BF16;
    }

    static IEnumerable<WeightSlice> Matrices(Node node) => node.Op switch
    {
        EmbeddingOp or LinearOp => node.Weights.Take(1),
        ExpertsOp => node.Weights,
        _ => [],
    };
}
