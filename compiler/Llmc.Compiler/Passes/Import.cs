using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Models;

namespace Llmc.Compiler.Passes;

/// <summary>Opens the checkpoint and describes its model in the vocabulary of graphs; settles the capacities of the engine.</summary>
static class Import
{
    const int BlockSize = 16;
    const int DefaultSequenceLength = 4096;
    const int DefaultCacheTokens = 16384;

    public static Compilation Run(Compilation c)
    {
        var checkpoint = Checkpoint.Open(c.Options.Checkpoint);
        RequireUnquantized(checkpoint);
        return c with
        {
            Checkpoint = checkpoint,
            Model = Registry.Build(checkpoint.Config, checkpoint.Folder, c.Options.Type),
            Limits = LimitsOf(c.Options, checkpoint.Config),
        };
    }

    /// <summary>LLMC0402 for weights that were published quantized.</summary>
    public static void RequireUnquantized(Checkpoint checkpoint)
    {
        if (checkpoint.Config.Quantization is { } quantization)
            throw Diagnostics.QuantizedCheckpoint.With(checkpoint.Folder, quantization.Method);
    }

    static Limits LimitsOf(BuildOptions options, ModelConfig config)
    {
        var length = options.MaxSequenceLength ?? Math.Min(config.MaxPositions, DefaultSequenceLength);
        if (length > config.MaxPositions) throw Diagnostics.SequenceTooLong.With(length, config.MaxPositions);
        var cacheTokens = options.KvCacheTokens ?? Math.Max(length, (int)Math.Min((long)length * options.MaxSequences, DefaultCacheTokens));
        if (cacheTokens < length) throw Diagnostics.CacheTooSmall.With(cacheTokens, length);
        return new(
            options.MaxSequences, Math.Max(options.MaxTokens, options.MaxSequences), length, BlockSize, (cacheTokens + BlockSize - 1) / BlockSize,
            MaxLogitsRows: Math.Max(options.MaxSequences, 32));
    }
}
