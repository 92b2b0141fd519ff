using Llmc.Graph;

namespace Llmc.Models;

/// <summary>What a layer does to each token by itself: an MLP, or experts.</summary>
interface IFeedForward
{
    /// <summary>x [T, E] → [T, E].</summary>
    Value Write(Module layer, Value x);
}
