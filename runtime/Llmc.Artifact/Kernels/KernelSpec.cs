using System.Text.Json.Serialization;

namespace Llmc.Artifact;

/// <summary>
/// What one kernel computes, with every constant that its code depends on. The compiler chooses specs, the manifest
/// carries them, the runtime (CPU) or the renderer (CUDA) turns a spec into code. Equal specs are one kernel.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kernel")]
[JsonDerivedType(typeof(EmbeddingSpec), "embedding")]
[JsonDerivedType(typeof(RotaryTableSpec), "rotary_table")]
[JsonDerivedType(typeof(NormSpec), "norm")]
[JsonDerivedType(typeof(GemmSpec), "gemm")]
[JsonDerivedType(typeof(RotaryKvWriteSpec), "rotary_kv_write")]
[JsonDerivedType(typeof(AttentionSpec), "attention")]
[JsonDerivedType(typeof(RouteSpec), "route")]
[JsonDerivedType(typeof(ExpertsSpec), "experts")]
[JsonDerivedType(typeof(AllReduceSpec), "all_reduce")]
[JsonDerivedType(typeof(AllGatherSpec), "all_gather")]
public abstract record KernelSpec
{
    /// <summary>Entry name, built from the fields alone and sorting well: <c>gemm_rms_n768_k256_bf16</c>.</summary>
    [JsonIgnore]
    public abstract string Name { get; }

    /// <summary>The struct in <see cref="Llmc.Artifact"/> that a launch of this kernel takes by value.</summary>
    [JsonIgnore]
    public abstract Type Parameters { get; }

    /// <summary>Bytes moved and floating-point operations of one launch: what a benchmark divides by.</summary>
    public abstract Cost Cost(in StepSize step);
}

/// <summary>The sizes of a step that a kernel's cost depends on.</summary>
/// <param name="Tokens">T, tokens in the step.</param>
/// <param name="Sequences">B, sequences in the step.</param>
/// <param name="Context">Keys that the step's tokens attend to, summed over tokens.</param>
/// <param name="ContextRead">Cached positions that must be read at least once, summed over sequences.</param>
public readonly record struct StepSize(int Tokens, int Sequences, long Context, long ContextRead);

/// <summary>Least memory traffic and arithmetic of a launch.</summary>
public readonly record struct Cost(long WeightBytes, long ActivationBytes, long Flops)
{
    /// <summary>Weights and activations together.</summary>
    public long Bytes => WeightBytes + ActivationBytes;

    public static Cost operator +(Cost a, Cost b) =>
        new(a.WeightBytes + b.WeightBytes, a.ActivationBytes + b.ActivationBytes, a.Flops + b.Flops);
}
