using Llmc.Artifact;

namespace Llmc.Graph;

/// <summary>
/// What a rank does in a step: ordered launches over buffers and weight items; no graph left. <see cref="Placement"/> is
/// null until the <c>place</c> pass has given every buffer, item and cache layer its byte offset.
/// </summary>
/// <param name="Kernels">Distinct specs; launches refer to them by index, and so does the manifest.</param>
/// <param name="Buffers">Arena buffers; launches refer to them by index.</param>
/// <param name="Items">What the rank's weights file holds, in file order.</param>
/// <param name="Layers">Cache layers; layer i of the cache is entry i.</param>
/// <param name="Logits">Buffer that holds f32[B, V] when the step is done.</param>
public sealed record StepProgram(
    string Name, Plan Plan, int Rank, IReadOnlyList<KernelSpec> Kernels, IReadOnlyList<Launch> Launches, IReadOnlyList<ArenaBuffer> Buffers,
    IReadOnlyList<WeightItem> Items, IReadOnlyList<KvLayer> Layers, int Logits, Placement? Placement = null)
{
    /// <summary>A line a launch; offsets once they are known.</summary>
    public string ToText() => StepText.Print(this);

    /// <summary>Throws <see cref="GraphException"/> with the first launch that breaks a rule.</summary>
    public void Verify() => StepVerifier.Verify(this);
}

/// <summary>One kernel launch.</summary>
/// <param name="Kernel">Index into <see cref="StepProgram.Kernels"/>.</param>
/// <param name="Arguments">Fields of the kernel's parameter struct; fields left out are zero.</param>
/// <param name="Scope">Modules of the checkpoint that it computes: <c>self_attn.q_proj, k_proj, v_proj</c>.</param>
public sealed record Launch(int Kernel, IReadOnlyList<Argument> Arguments, string Scope, int? Layer)
{
    /// <summary>The operand of a field, or null.</summary>
    public Operand? this[string field] => Arguments.FirstOrDefault(a => a.Field == field)?.Operand;
}

/// <summary>One field of a parameter struct.</summary>
/// <param name="Writes">The launch writes what the operand points to.</param>
public sealed record Argument(string Field, Operand Operand, bool Writes = false);

/// <summary>Where a launch finds a value.</summary>
public abstract record Operand;

/// <summary>A place in an arena buffer.</summary>
/// <param name="Columns">float32 columns to skip.</param>
public sealed record BufferOperand(int Buffer, int Columns = 0) : Operand;

/// <summary>A weight item.</summary>
public sealed record WeightOperand(int Item) : Operand;

/// <summary>A layer's part of KV block 0.</summary>
public sealed record KvOperand(int Layer) : Operand;

/// <summary>Distance between KV blocks in bytes.</summary>
public sealed record KvStrideOperand : Operand;

/// <summary>A field of the step's input: a count or an array.</summary>
public sealed record StepOperand(string Field) : Operand;

/// <summary>A constant.</summary>
public sealed record IntOperand(int Value) : Operand;

/// <summary>A buffer between kernels, sized for the largest step.</summary>
/// <param name="Type">F32, I32, or U8 for scratch.</param>
public sealed record ArenaBuffer(string Name, DType Type, long Bytes);

/// <summary>One layer's part of a KV block.</summary>
public sealed record KvLayer(long BytesPerBlock);

/// <summary>Byte offsets of everything; sizes included, this is the whole memory of the rank.</summary>
/// <param name="Buffers">Offset in the arena of each buffer.</param>
/// <param name="Items">Offset in the weights file of each item.</param>
/// <param name="Layers">Offset inside a KV block of each layer.</param>
public sealed record Placement(
    IReadOnlyList<long> Buffers, IReadOnlyList<long> Items, IReadOnlyList<long> Layers, long ArenaBytes, long WeightBytes, long BlockBytes);
