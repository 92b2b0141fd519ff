using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Compiler;

/// <summary>How the numbers of matrices are held.</summary>
public enum Quantization
{
    /// <summary>As <see cref="BuildOptions.Type"/> says.</summary>
    None,
    /// <summary>E4M3 weights with a scale per output channel.</summary>
    Fp8,
    /// <summary>Signed bytes with a scale per output channel; activations quantized per token.</summary>
    Int8,
}

/// <summary>What <c>llmc build</c> was asked for.</summary>
public sealed record BuildOptions
{
    /// <summary>Checkpoint folder.</summary>
    public required string Checkpoint { get; init; }
    /// <summary>Engine folder to make; must not exist yet, unless <see cref="Force"/>.</summary>
    public required string Output { get; init; }
    public int Tp { get; init; } = 1;
    public int Ep { get; init; } = 1;
    /// <summary>How the model is divided.</summary>
    public Plan Plan => new(Tp, Ep);
    /// <summary>BF16 or F32.</summary>
    public DType Type { get; init; } = DType.BF16;
    public Quantization Quantization { get; init; }
    /// <summary>B: sequences in a step.</summary>
    public int MaxSequences { get; init; } = 8;
    /// <summary>T: tokens in a step.</summary>
    public int MaxTokens { get; init; } = 512;
    /// <summary>Prompt and answer of one sequence; null: what the model allows, at most 4096.</summary>
    public int? MaxSequenceLength { get; init; }
    /// <summary>Tokens that the KV cache holds; null: all sequences at full length, at most 16384 or one full sequence.</summary>
    public int? KvCacheTokens { get; init; }
    /// <summary>Replace an engine that stands at <see cref="Output"/>.</summary>
    public bool Force { get; init; }
    /// <summary>Folder for every form after every pass; null: none.</summary>
    public string? Dump { get; init; }
}
