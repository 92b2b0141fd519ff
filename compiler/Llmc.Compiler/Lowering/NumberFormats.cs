using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Compiler;

/// <summary>How one matrix is stored and multiplied.</summary>
/// <param name="Weight">Format in the weights file.</param>
/// <param name="Input">Format of the rows it is multiplied with.</param>
public readonly record struct MatrixFormat(WeightFormat Weight, ActivationFormat Input);

/// <summary>The element formats of an engine: decided once for every matrix, before anything is fused or placed.</summary>
/// <param name="Matrices">Of what is multiplied.</param>
/// <param name="Tables">Of what rows are looked up in; a tied table that is multiplied in the same format is stored once.</param>
/// <param name="KvCache">Type of cached keys and values.</param>
public sealed record NumberFormats(
    IReadOnlyDictionary<Weight, MatrixFormat> Matrices, IReadOnlyDictionary<Weight, WeightFormat> Tables, DType KvCache)
{
    /// <summary>The format of a matrix that is multiplied.</summary>
    public MatrixFormat Of(WeightSlice slice) => Matrices[slice.Weight];
}
