namespace Llmc.Checkpoints;

/// <summary>What the attention of a layer sees.</summary>
public enum LayerType
{
    /// <summary>Every position up to its own.</summary>
    Full,
    /// <summary>The last <see cref="ModelConfig.SlidingWindow"/> positions.</summary>
    Sliding,
}
