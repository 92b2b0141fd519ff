using Llmc.Artifact;

namespace Llmc.Compiler;

/// <summary>Told how a build goes on; called on the building thread.</summary>
public interface IBuildProgress
{
    /// <summary>A pass begins.</summary>
    /// <param name="index">From 0.</param>
    void PassStarted(string name, int index, int count);

    /// <summary>The memory of every rank is known, long before the weights are written.</summary>
    void MemoryPredicted(IReadOnlyList<MemoryManifest> ranks);

    /// <summary>Weights written so far, of all ranks.</summary>
    void WeightsWritten(long bytes, long totalBytes);
}
