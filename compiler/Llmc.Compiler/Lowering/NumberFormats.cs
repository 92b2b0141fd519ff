using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Compiler;

/// <summary>How one matrix is stored and multiplied.</summary>
/// <param name="Weight">Format in the weights file.</param>
/// <param name="Input">Format of the rows it is multiplied with.</param>
public readonly record struct MatrixFormat(WeightFormat Weight, ActivationFormat Input);

/// <summary>The element formats of an engine: decided once for every matrix, before anything is fused or placed.</summary>
/// <param name="KvCache">Type of cached keys and values.</param>
public sealed record NumberFormats(IReadOnlyDictionary<Weight, MatrixFormat> Matrices, DType KvCache)
{
    /// <summary>The format of a matrix.</summary>
    public MatrixFormat Of(WeightSlice slice) => Matrices[slice.Weight];
}
