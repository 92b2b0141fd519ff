using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Compiler.Passes;

/// <summary>
/// Chooses the number format of every matrix. Layers take the format that the user asked for; so does the head in int8,
/// whose error per channel is small, but not in fp8; the embedding stays in the base type. Inputs are
/// rounded to bfloat16 in dense models only: where experts are routed, a rounding anywhere before a router may pick another
/// expert, which costs far more than the rounding saves (a decode step is bound by weights in either case).
/// </summary>
static class Fold
{
    public static NumberFormats Run(ModelGraph model, BuildOptions options, Func<string, DType> typeOfTensor)
    {
        var routed = model.Nodes.Where(n => n.Op is RouteOp).Select(n => n.Inputs[0].Id).ToHashSet();
        var (matrices, tables) = (new Dictionary<Weight, MatrixFormat>(), new Dictionary<Weight, WeightFormat>());
        foreach (var node in model.Nodes)
            foreach (var slice in Matrices(node))
                if (node.Op is EmbeddingOp) tables[slice.Weight] = BaseOf(slice.Weight);
                else matrices[slice.Weight] = Format(node, BaseOf(slice.Weight));
        return new(matrices, tables, options.Type);

        MatrixFormat Format(Node node, WeightFormat baseFormat)
        {
            var input = options.Type == DType.F32 || routed.Count > 0 ? ActivationFormat.F32 : ActivationFormat.BF16;
            if (routed.Contains(node.Result.Id)) return new(baseFormat, ActivationFormat.F32);
            if (node.Result.Rows == RowKind.Logits && options.Quantization == Quantization.Fp8) return new(baseFormat, input);
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
