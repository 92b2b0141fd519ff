#pragma warning disable CA1051 // parameter structs are read by kernels as plain memory
namespace Llmc.Artifact;

// One struct a kernel, passed by value; the layout is the contract between generated code and kernels. All pointers are
// device addresses (on the CPU: ordinary pointers). Shapes are those of the spec of the same name.

public unsafe struct EmbeddingParameters
{
    public int Tokens;
    public int* TokenIds;
    public byte* Weight;
    public float* Output;
}

public unsafe struct RotaryTableParameters
{
    public int Tokens;
    public int* Positions;
    public float* InverseFrequencies;
    public float* Cosines;
    public float* Sines;
}

public unsafe struct NormParameters
{
    public int Tokens;
    public float* Input;
    public float* Weight;
    public float* Bias;
    public float* Output;
}

public unsafe struct GemmParameters
{
    /// <summary>Rows to multiply: tokens of the step, or rows whose logits are wanted.</summary>
    public int Tokens;
    public float* Input;
    /// <summary>Distance between input rows, in floats.</summary>
    public int InputStride;
    /// <summary>i32[Tokens], used when the spec gathers.</summary>
    public int* RowIndices;
    public float* NormWeight;
    public float* NormBias;
    public byte* Weight;
    /// <summary>f32[rows of the packed matrix], in their order: for a gated product as <see cref="PackedWeight.Gated"/>.</summary>
    public float* Bias;
    /// <summary>f32[Tokens, OutputColumns].</summary>
    public float* Residual;
    /// <summary>f32[Tokens, OutputColumns].</summary>
    public float* Output;
    /// <summary><see cref="GemmSpec.WorkspaceBytes"/>, on a cache line.</summary>
    public byte* Workspace;
}

public unsafe struct RotaryKvWriteParameters
{
    public int Tokens;
    public float* Qkv;
    public float* QueryNorm;
    public float* KeyNorm;
    public float* Cosines;
    public float* Sines;
    public int* SlotMapping;
    /// <summary>Start of this layer's part of block 0.</summary>
    public byte* KvCache;
    /// <summary>Distance between blocks, all layers included.</summary>
    public long KvBlockStride;
}

public unsafe struct AttentionParameters
{
    public int Tokens;
    public int Sequences;
    public float* Qkv;
    public byte* KvCache;
    public long KvBlockStride;
    /// <summary>i32[B + 1]: first token of each sequence in the step.</summary>
    public int* QueryStart;
    /// <summary>i32[B]: keys of each sequence, this step's included.</summary>
    public int* ContextLengths;
    /// <summary>i32[B, BlocksPerSequence].</summary>
    public int* BlockTables;
    public int BlocksPerSequence;
    public float* Sinks;
    public float* Output;
}

public unsafe struct RouteParameters
{
    public int Tokens;
    public float* Logits;
    public float* SelectionBias;
    public int* Experts;
    public float* Weights;
}

public unsafe struct ExpertsParameters
{
    public int Tokens;
    public float* Input;
    public int* Experts;
    public float* Weights;
    /// <summary>Packed gate and up of every local expert, one after the other at 64-byte aligned distances.</summary>
    public byte* GateUp;
    public byte* Down;
    /// <summary>f32[Experts, rows of the packed gate and up].</summary>
    public float* GateUpBias;
    /// <summary>f32[Experts, E].</summary>
    public float* DownBias;
    public float* Output;
    public byte* Workspace;
}

public unsafe struct AllReduceParameters
{
    public int Tokens;
    public float* Input;
    public float* Residual;
    public float* Bias;
    public float* Output;
}

public unsafe struct AllGatherParameters
{
    public int Rows;
    public float* Input;
    public float* Output;
}
