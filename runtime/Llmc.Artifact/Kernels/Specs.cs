using System.Text.Json.Serialization;

namespace Llmc.Artifact;

/// <summary>Row normalisation: RMSNorm (Zhang and Sennrich 2019) or LayerNorm (Ba et al. 2016).</summary>
public enum NormKind { None, Rms, Layer }

/// <summary>Pointwise nonlinearities, named as in the configs they come from.</summary>
public enum Activation { None, Silu, Gelu, GeluTanh, Relu, Relu2 }

/// <summary>ids i32[T] → y f32[T, E]: rows of the table times <see cref="Scale"/>; an id outside this rank's rows gives zeros.</summary>
/// <remarks>The table is a packed matrix [<see cref="Rows"/>, E], so that a tied head shares its bytes.</remarks>
public sealed record EmbeddingSpec(int FirstRow, int Rows, int HiddenSize, WeightFormat Format, float Scale = 1f) : KernelSpec
{
    [JsonIgnore] public override string Name => $"embedding_v{Rows}_e{HiddenSize}_{Spell.Of(Format)}";
    [JsonIgnore] public override Type Parameters => typeof(EmbeddingParameters);
    public override Cost Cost(in StepSize step) => new(
        (long)step.Tokens * HiddenSize * new PackedWeight(Format, Rows, HiddenSize).ElementBytes, 4L * step.Tokens * HiddenSize, 0);
}

/// <summary>positions i32[T], inverse frequencies f32[R/2] → cosines and sines f32[T, R/2] each, times <see cref="Factor"/>.</summary>
/// <param name="RotaryDim">R, rotated dimensions of a head.</param>
/// <param name="Factor">Attention factor of yarn and longrope; 1 otherwise.</param>
public sealed record RotaryTableSpec(int RotaryDim, float Factor = 1f) : KernelSpec
{
    [JsonIgnore] public override string Name => $"rotary_table_d{RotaryDim}";
    [JsonIgnore] public override Type Parameters => typeof(RotaryTableParameters);
    public override Cost Cost(in StepSize step) => new(2L * RotaryDim, 4L * step.Tokens * RotaryDim, 0);
}

/// <summary>x f32[T, E] → y f32[T, E]; statistics in float32; the weight is (<see cref="WeightOffset"/> + w).</summary>
public sealed record NormSpec(NormKind Kind, int HiddenSize, float Epsilon, float WeightOffset = 0f, bool Bias = false) : KernelSpec
{
    [JsonIgnore] public override string Name => $"norm_{Spell.Of(Kind)}_e{HiddenSize}";
    [JsonIgnore] public override Type Parameters => typeof(NormParameters);
    public override Cost Cost(in StepSize step) => new(4L * HiddenSize, 8L * step.Tokens * HiddenSize, 4L * step.Tokens * HiddenSize);
}

/// <summary>What happens to a GEMM's products before they are stored.</summary>
public enum Epilogue
{
    /// <summary>y = c.</summary>
    Store,
    /// <summary>y = act(c).</summary>
    Activate,
    /// <summary>Panels alternate gate and up: y[T, N/2] = act(gate) · up.</summary>
    Gated,
    /// <summary>y = residual + c · scale; y may be the residual itself.</summary>
    AddResidual,
}

/// <summary>
/// y[T, N] = epilogue(norm(x)[T, K] · w[N, K]ᵀ · scales + bias). float32 accumulation in ascending k in one chain for each
/// output, so that a row's bits depend on that row alone, not on the batch, the tile or the number of threads.
/// </summary>
/// <param name="Rows">N, rows of w; for <see cref="Epilogue.Gated"/> gate and up together: <see cref="PackedWeight.Gated"/>.</param>
/// <param name="Columns">K.</param>
/// <param name="Norm">Normalisation of the input rows, fused into their packing.</param>
/// <param name="Scale">Factor of the biased products (residual multiplier, logit scale), before the cap and the epilogue.</param>
/// <param name="SoftCap">cap · tanh(c / cap) when above 0.</param>
/// <param name="Gather">Input row t is x[rowIndices[t]].</param>
public sealed record GemmSpec(
    int Rows, int Columns, WeightFormat Format, ActivationFormat Input, NormKind Norm = NormKind.None, float Epsilon = 0f,
    float WeightOffset = 0f, bool NormBias = false, bool Bias = false, Epilogue Epilogue = Epilogue.Store,
    Activation Activation = Activation.None, float Scale = 1f, float SoftCap = 0f, bool Gather = false) : KernelSpec
{
    /// <summary>The packed matrix that <see cref="GemmParameters.Weight"/> points to.</summary>
    [JsonIgnore] public PackedWeight Weight => Epilogue == Epilogue.Gated ? PackedWeight.Gated(Format, Rows / 2, Columns) : new(Format, Rows, Columns);

    /// <summary>Columns of y.</summary>
    [JsonIgnore] public int OutputColumns => Epilogue == Epilogue.Gated ? Rows / 2 : Rows;

    /// <summary>Bytes of packed input rows for <paramref name="tokens"/> tokens: the arena buffer <see cref="GemmParameters.Workspace"/>.</summary>
    public long WorkspaceBytes(int tokens) => PackedInput.Bytes(Input, tokens, Columns);

    [JsonIgnore]
    public override string Name => string.Concat(
        "gemm", Norm == NormKind.None ? "" : "_" + Spell.Of(Norm), Gather ? "_gather" : "", $"_n{Rows}_k{Columns}_{Spell.Of(Format)}",
        Input == ActivationFormat.F32 ? "_a32" : "", Bias ? "_bias" : "",
        Epilogue switch { Epilogue.Gated => $"_gated_{Spell.Of(Activation)}", Epilogue.Activate => $"_{Spell.Of(Activation)}", Epilogue.AddResidual => "_add", _ => "" },
        Scale == 1f ? "" : "_scaled", SoftCap > 0 ? "_cap" : "");
    [JsonIgnore] public override Type Parameters => typeof(GemmParameters);
    public override Cost Cost(in StepSize step) => Cost(step.Tokens);

    /// <summary>Cost for a number of rows, when not every token is multiplied (the head).</summary>
    public Cost Cost(int rows) => new(Weight.Bytes, 4L * rows * (Columns + OutputColumns), 2L * rows * Rows * Columns);
}

/// <summary>
/// Rows of x as a GEMM multiplies them: row-major, K padded with zeros. An int8 row holds q, or q + 128 where the kernel
/// multiplies unsigned bytes, and ends with its float32 scale.
/// </summary>
public static class PackedInput
{
    const int LineBytes = 64;

    /// <summary>Distance between rows: an odd number of cache lines, so that the rows of a tile do not meet in one cache set.</summary>
    public static int RowBytes(ActivationFormat format, int columns)
    {
        var lines = (columns * ElementBytes(format) + ScaleBytes(format) + LineBytes - 1) / LineBytes;
        return (lines | 1) * LineBytes;
    }

    /// <summary>Bytes for <paramref name="rows"/> rows.</summary>
    public static long Bytes(ActivationFormat format, int rows, int columns) => (long)rows * RowBytes(format, columns);

    /// <summary>Where in a row its float32 scale stands; only for int8.</summary>
    public static int ScaleOffset(int columns) => RowBytes(ActivationFormat.I8, columns) - ScaleBytes(ActivationFormat.I8);

    /// <summary>Bytes of one element.</summary>
    public static int ElementBytes(ActivationFormat format) => format switch { ActivationFormat.F32 => 4, ActivationFormat.BF16 => 2, _ => 1 };

    static int ScaleBytes(ActivationFormat format) => format == ActivationFormat.I8 ? 4 : 0;
}

/// <summary>Normalisation of queries and keys before they are rotated.</summary>
public enum QkNorm
{
    None,
    /// <summary>Over each head's D values, one weight[D] for all heads (Qwen 3).</summary>
    PerHead,
    /// <summary>Over all of a token's query (key) values, weight[H·D] (OLMo 2).</summary>
    Whole,
}

/// <summary>The heads of one rank. Local query head i reads local KV head (i + <see cref="GroupOffset"/>) / <see cref="GroupSize"/>.</summary>
/// <param name="Query">Local query heads.</param>
/// <param name="Kv">Local KV heads.</param>
/// <param name="GroupSize">Query heads per KV head in the whole model.</param>
/// <param name="GroupOffset">Place of this rank's first query head inside its KV head's group.</param>
/// <param name="Dim">D, size of a head.</param>
public readonly record struct Heads(int Query, int Kv, int GroupSize, int GroupOffset, int Dim)
{
    /// <summary>Local KV head that local query head <paramref name="query"/> attends to.</summary>
    public int KvHeadOf(int query) => (query + GroupOffset) / GroupSize;

    /// <summary>Columns of a row that holds queries, keys and values side by side.</summary>
    [JsonIgnore] public int QkvColumns => (Query + 2 * Kv) * Dim;

    /// <summary>The part of a kernel's name.</summary>
    public string Text() => $"h{Query}_kv{Kv}_d{Dim}";
}

/// <summary>Where one layer's keys and values lie inside a KV block: K[Kv][D][blockSize], then V[Kv][blockSize][D].</summary>
/// <remarks>Keys stand transposed: scores of neighbouring keys are neighbouring lanes, so attention loads them without a shuffle.</remarks>
public readonly record struct KvLayout(DType Type, int BlockSize)
{
    /// <summary>Bytes of one layer's K and V in one block.</summary>
    public long LayerBlockBytes(in Heads heads) => 2L * heads.Kv * HeadBytes(heads);

    /// <summary>Byte offset of K[<paramref name="head"/>] in a layer's part of a block.</summary>
    public long KeysOffset(in Heads heads, int head) => head * HeadBytes(heads);

    /// <summary>Byte offset of V[<paramref name="head"/>] in a layer's part of a block.</summary>
    public long ValuesOffset(in Heads heads, int head) => (heads.Kv + head) * HeadBytes(heads);

    long HeadBytes(in Heads heads) => Type.ByteCount((long)BlockSize * heads.Dim);
}

/// <summary>
/// qkv f32[T, (Hq + 2·Hkv)·D], in place: queries and keys normalised and rotated; keys and values written to the slot
/// (block · blockSize + offset) of each token in this layer's cache, rounded to its element type.
/// </summary>
/// <param name="Interleaved">Pairs are (2i, 2i+1) as in GPT-J; otherwise (i, i + R/2) as in GPT-NeoX.</param>
/// <param name="RotaryDim">R; 0 leaves positions out.</param>
public sealed record RotaryKvWriteSpec(
    Heads Heads, KvLayout Kv, int RotaryDim, bool Interleaved = false, QkNorm QkNorm = QkNorm.None, float Epsilon = 0f,
    float WeightOffset = 0f) : KernelSpec
{
    [JsonIgnore] public override string Name => $"rotary_kv_write_{Heads.Text()}_{Kv.Type.Text()}{(QkNorm == QkNorm.None ? "" : "_qknorm")}";
    [JsonIgnore] public override Type Parameters => typeof(RotaryKvWriteParameters);
    public override Cost Cost(in StepSize step) => new(0, step.Tokens * (8L * Heads.QkvColumns + Kv.LayerBlockBytes(Heads) / Kv.BlockSize), 0);
}

/// <summary>
/// Causal attention over the paged cache: q f32 inside qkv[T, …] → y f32[T, Hq·D]. Softmax in float32, one online pass in
/// ascending key order whose result for a token does not depend on the rest of the batch.
/// </summary>
/// <param name="Scale">Factor of q·k.</param>
/// <param name="Window">Keys further back than this many positions (the token itself counts) are masked; 0 is no window.</param>
/// <param name="SoftCap">cap · tanh(s / cap) on the scores when above 0.</param>
/// <param name="Sinks">One learned logit a head joins the softmax's denominator (GPT-OSS).</param>
public sealed record AttentionSpec(Heads Heads, KvLayout Kv, float Scale, int Window = 0, float SoftCap = 0f, bool Sinks = false) : KernelSpec
{
    [JsonIgnore]
    public override string Name =>
        $"attention_{Heads.Text()}_{Kv.Type.Text()}{(Window > 0 ? $"_w{Window}" : "")}{(SoftCap > 0 ? "_cap" : "")}{(Sinks ? "_sinks" : "")}";
    [JsonIgnore] public override Type Parameters => typeof(AttentionParameters);
    public override Cost Cost(in StepSize step) => new(
        0, step.ContextRead * Kv.LayerBlockBytes(Heads) / Kv.BlockSize + 8L * step.Tokens * Heads.Query * Heads.Dim,
        4L * step.Context * Heads.Query * Heads.Dim);
}

/// <summary>How router logits become scores.</summary>
public enum RouterScore { Softmax, Sigmoid, SoftmaxOfSelected }

/// <summary>logits f32[T, experts] → the <see cref="Selected"/> best experts i32[T, k], ascending by id, and their weights f32[T, k].</summary>
/// <param name="Normalize">Weights of a token sum to 1 before <see cref="Scaling"/>.</param>
/// <param name="Groups">Experts are chosen inside the best <see cref="SelectedGroups"/> of this many groups; 1 is no grouping.</param>
/// <param name="GroupTop">A group's score is the sum of its best this many (DeepSeek-V3: 2; V2: 1).</param>
/// <param name="SelectionBias">A learned bias takes part in the choice but not in the weights.</param>
public sealed record RouteSpec(
    int Experts, int Selected, RouterScore Score, bool Normalize, float Scaling = 1f, int Groups = 1, int SelectedGroups = 1,
    int GroupTop = 1, bool SelectionBias = false) : KernelSpec
{
    [JsonIgnore] public override string Name => $"route_x{Experts}_top{Selected}{(Groups > 1 ? $"_g{SelectedGroups}of{Groups}" : "")}";
    [JsonIgnore] public override Type Parameters => typeof(RouteParameters);
    public override Cost Cost(in StepSize step) => new(0, step.Tokens * (4L * Experts + 8L * Selected), 0);
}

/// <summary>
/// The experts of one rank: y f32[T, E] = Σ over a token's selected local experts of weight · down(act(gate·x) · up·x),
/// added in ascending expert order; zero rows where none is local.
/// </summary>
/// <param name="FirstExpert">Global id of this rank's first expert.</param>
/// <param name="Experts">Experts on this rank; their packed matrices follow each other.</param>
/// <param name="Intermediate">F of this rank.</param>
public sealed record ExpertsSpec(
    int FirstExpert, int Experts, int Selected, int HiddenSize, int Intermediate, WeightFormat Format, ActivationFormat Input,
    Activation Activation, bool Bias = false) : KernelSpec
{
    /// <summary>Gate and up of one expert.</summary>
    [JsonIgnore] public PackedWeight GateUp => PackedWeight.Gated(Format, Intermediate, HiddenSize);

    /// <summary>Down projection of one expert.</summary>
    [JsonIgnore] public PackedWeight Down => new(Format, HiddenSize, Intermediate);

    [JsonIgnore] public override string Name => $"experts_x{Experts}_top{Selected}_e{HiddenSize}_f{Intermediate}_{Spell.Of(Format)}";
    [JsonIgnore] public override Type Parameters => typeof(ExpertsParameters);

    /// <summary>Bytes of scratch for <paramref name="tokens"/> tokens.</summary>
    public long WorkspaceBytes(int tokens) => ExpertsWorkspace.For(this, tokens).Bytes;

    public override Cost Cost(in StepSize step)
    {
        var touched = Experts * (1 - Math.Pow(1 - (double)Selected / Math.Max(Selected, Experts), step.Tokens));
        return new((long)(touched * (GateUp.Bytes + Down.Bytes)), 8L * step.Tokens * HiddenSize, 6L * step.Tokens * Selected * HiddenSize * Intermediate);
    }
}

/// <summary>y f32[T, N] = residual + bias + Σ over ranks of x f32[T, N], summed in rank order: the same bits on every rank and run.</summary>
/// <param name="Group">Ranks that take part.</param>
/// <param name="Scale">Factor of the sum before the residual is added.</param>
public sealed record AllReduceSpec(int Columns, int Group, bool Residual = false, bool Bias = false, float Scale = 1f) : KernelSpec
{
    [JsonIgnore] public override string Name => $"all_reduce_n{Columns}_r{Group}{(Residual ? "_add" : "")}{(Bias ? "_bias" : "")}";
    [JsonIgnore] public override Type Parameters => typeof(AllReduceParameters);
    public override Cost Cost(in StepSize step) => new(0, 4L * step.Tokens * Columns * (Group + 1), (long)step.Tokens * Columns * Group);
}

/// <summary>y f32[rows, Σ columns]: each rank's x f32[rows, columns(rank)] side by side in rank order.</summary>
/// <param name="Columns">Columns of each rank of the group.</param>
public sealed record AllGatherSpec(IReadOnlyList<int> Columns) : KernelSpec
{
    [JsonIgnore] public override string Name => $"all_gather_n{Columns.Sum()}_r{Columns.Count}";
    [JsonIgnore] public override Type Parameters => typeof(AllGatherParameters);
    public override Cost Cost(in StepSize step) => new(0, 8L * step.Sequences * Columns.Sum(), 0);
    public bool Equals(AllGatherSpec? other) => other is not null && Columns.SequenceEqual(other.Columns);
    public override int GetHashCode() => Columns.Aggregate(Columns.Count, HashCode.Combine);
}

static class Spell
{
    public static string Of<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
