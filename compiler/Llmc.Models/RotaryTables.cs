using Llmc.Graph;

namespace Llmc.Models;

/// <summary>The cosines and sines that layers share, one table for each distinct embedding.</summary>
sealed class RotaryTables
{
    readonly Dictionary<RotaryEmbedding, (Value Cosines, Value Sines)> _tables = [];

    /// <summary>Writes the tables of the layers' embeddings before the first layer.</summary>
    public static RotaryTables Write(Module module, IEnumerable<RotaryEmbedding?> embeddings)
    {
        var tables = new RotaryTables();
        foreach (var (index, embedding) in embeddings.OfType<RotaryEmbedding>().Distinct().Index())
        {
            var frequencies = module.Constant(index == 0 ? "inv_freq" : $"inv_freq_{index}", embedding.InverseFrequencies());
            tables._tables[embedding] = module.Lines.RotaryTable(frequencies);
        }
        return tables;
    }

    /// <summary>x with its heads rotated to their positions.</summary>
    public Value Rotate(Module module, Value x, RotaryEmbedding embedding) =>
        module.Lines.Rotary(x, _tables[embedding], embedding.HeadDim, embedding.RotaryDim, embedding.Interleaved);
}
