using Llmc.Artifact;

namespace Llmc.Engine;

/// <summary>One rank, ready to run: its memory, its device, its program.</summary>
public interface IRank : IDisposable
{
    /// <summary>Runs a step from inputs to logits. The ranks of an engine run a step at the same time, as they exchange in the midst of it.</summary>
    void Run(in StepInput step);

    /// <summary>A row of the last step's logits, f32[V]; valid until the next step.</summary>
    ReadOnlySpan<float> Logits(int row);
}
