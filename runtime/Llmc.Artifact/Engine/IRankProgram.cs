#pragma warning disable CA1051 // step inputs are plain memory, copied to a device as they are
namespace Llmc.Artifact;

/// <summary>A rank's step as compiled code: issues the launches of one step in order. Stateless.</summary>
public unsafe interface IRankProgram
{
    /// <summary>Launches everything between the step's inputs and its logits.</summary>
    void Run(ILauncher launcher, in RankMemory memory, in StepInput step);
}

/// <summary>Starts kernels of one rank in order; each sees the results of those before it.</summary>
public unsafe interface ILauncher
{
    /// <summary>Launches row <paramref name="kernel"/> of the rank's kernel table.</summary>
    /// <param name="kernel">Index into <see cref="RankManifest.Kernels"/>.</param>
    /// <param name="parameters">The kernel's parameter struct; read before the call returns.</param>
    void Launch(int kernel, void* parameters);
}

/// <summary>Base addresses of a rank's memory; the sizes stand in the manifest.</summary>
public unsafe struct RankMemory
{
    /// <summary>The rank's weights file, mapped or uploaded.</summary>
    public byte* Weights;
    /// <summary>Buffers between kernels.</summary>
    public byte* Arena;
    /// <summary>KV blocks, <see cref="KvManifest.BlockBytes"/> each.</summary>
    public byte* KvCache;
}

/// <summary>What a step is about: which tokens of which sequences, where their keys go and which logits are wanted.</summary>
/// <remarks>Tokens of a sequence stand together in order of position; sequences in any order. Arrays have the capacities of <see cref="Limits"/>.</remarks>
public unsafe struct StepInput
{
    /// <summary>T.</summary>
    public int Tokens;
    /// <summary>B.</summary>
    public int Sequences;
    /// <summary>Rows of logits to compute.</summary>
    public int LogitsRows;
    /// <summary>Columns of <see cref="BlockTables"/>.</summary>
    public int BlocksPerSequence;
    /// <summary>i32[T].</summary>
    public int* TokenIds;
    /// <summary>i32[T], from 0 at the start of a sequence.</summary>
    public int* Positions;
    /// <summary>i32[T]: block · blockSize + offset where the token's key and value go.</summary>
    public int* SlotMapping;
    /// <summary>i32[B + 1]: first token of each sequence; the last entry is T.</summary>
    public int* QueryStart;
    /// <summary>i32[B]: positions to attend to, this step's included.</summary>
    public int* ContextLengths;
    /// <summary>i32[B, BlocksPerSequence].</summary>
    public int* BlockTables;
    /// <summary>i32[LogitsRows]: tokens whose logits are wanted, ascending.</summary>
    public int* LogitsIndices;
}
