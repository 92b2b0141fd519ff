using System.Globalization;
using Llmc.Artifact;

namespace Llmc.Graph;

/// <summary>
/// The vocabulary of ModelGraph and RankGraph. An operation says what is computed, never how; its inputs, weights and
/// results stand on the <see cref="Node"/>. Shapes: T tokens, B rows whose logits are wanted.
/// </summary>
public abstract record Op
{
    /// <summary>The word in printed forms.</summary>
    public abstract string Word { get; }

    /// <summary>Attributes in printed forms, <c>eps=1e-05</c>; empty when all are defaults.</summary>
    public virtual string Attributes => "";

    internal static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();

    internal static string Join(params string?[] attributes) => string.Join(' ', attributes.Where(a => !string.IsNullOrEmpty(a)));
}

/// <summary>ids i32[T, 1], w[V, E] → [T, E]; ids outside the rows of this rank give zeros.</summary>
public sealed record EmbeddingOp : Op
{
    public override string Word => "embedding";
}

/// <summary>x · factor.</summary>
public sealed record ScaleOp(float Factor) : Op
{
    public override string Word => "scale";
    public override string Attributes => $"factor={Number(Factor)}";
}

/// <summary>RMSNorm or LayerNorm of each run of <paramref name="Size"/> columns, times (<paramref name="WeightOffset"/> + w); an optional second weight is the bias.</summary>
/// <param name="Size">Columns normalised together: E, or D for a norm per head.</param>
public sealed record NormOp(NormKind Kind, int Size, float Epsilon, float WeightOffset = 0f) : Op
{
    public override string Word => Kind == NormKind.Rms ? "rms_norm" : "layer_norm";
    public override string Attributes =>
        Join($"over={Size}", $"eps={Number(Epsilon)}", WeightOffset == 0 ? null : $"offset={Number(WeightOffset)}");
}

/// <summary>x[T, K] · w[N, K]ᵀ (+ bias[N], the optional second weight) → [T, N].</summary>
public sealed record LinearOp : Op
{
    public override string Word => "linear";
}

/// <summary>x + w[N], row by row.</summary>
public sealed record AddBiasOp : Op
{
    public override string Word => "add_bias";
}

/// <summary>positions i32[T, 1], w = inverse frequencies [R/2] → cosines, sines [T, R/2], times <paramref name="Factor"/>.</summary>
public sealed record RotaryTableOp(float Factor = 1f) : Op
{
    public override string Word => "rotary_table";
    public override string Attributes => Factor == 1f ? "" : $"factor={Number(Factor)}";
}

/// <summary>x[T, H·D], cosines, sines → x with the first <paramref name="RotaryDim"/> dimensions of each head rotated.</summary>
/// <param name="Interleaved">Pairs (2i, 2i+1) instead of (i, i + R/2).</param>
public sealed record RotaryOp(int HeadDim, int RotaryDim, bool Interleaved = false) : Op
{
    public override string Word => "rotary";
    public override string Attributes =>
        Join($"d={HeadDim}", RotaryDim == HeadDim ? null : $"rotary={RotaryDim}", Interleaved ? "interleaved" : null);
}

/// <summary>
/// q[T, Hq·D], k[T, Hkv·D], v[T, Hkv·D] → [T, Hq·D]: causal attention of each token over its sequence, this and earlier
/// steps; keys and values are kept for later steps. An optional weight sinks[Hq] joins the softmax's denominator.
/// </summary>
/// <param name="Layer">Which layer's cache.</param>
/// <param name="Heads">Heads of the values at hand: the whole model's, or a rank's.</param>
/// <param name="Window">Positions a token sees, itself included; 0 is all.</param>
public sealed record AttentionOp(int Layer, Heads Heads, float Scale, int Window = 0, float SoftCap = 0f) : Op
{
    public override string Word => "attention";
    public override string Attributes => Join(
        $"layer={Layer}", $"heads={Heads.Query}/{Heads.Kv}x{Heads.Dim}", Heads.GroupOffset == 0 ? null : $"group_offset={Heads.GroupOffset}",
        $"scale={Number(Scale)}", Window == 0 ? null : $"window={Window}", SoftCap == 0 ? null : $"soft_cap={Number(SoftCap)}");
}

/// <summary>act(x).</summary>
public sealed record ActivateOp(Activation Activation) : Op
{
    public override string Word => "activate";
    public override string Attributes => Activation.ToString().ToLowerInvariant();
}

/// <summary>act(gate) · up.</summary>
public sealed record GatedOp(Activation Activation) : Op
{
    public override string Word => "gated";
    public override string Attributes => Activation.ToString().ToLowerInvariant();
}

/// <summary>a + b.</summary>
public sealed record AddOp : Op
{
    public override string Word => "add";
}

/// <summary>a[T, N] · b[T, N], or b[T, 1] for all columns.</summary>
public sealed record MultiplyOp : Op
{
    public override string Word => "multiply";
}

/// <summary>cap · tanh(x / cap).</summary>
public sealed record SoftCapOp(float Cap) : Op
{
    public override string Word => "soft_cap";
    public override string Attributes => $"cap={Number(Cap)}";
}

/// <summary>x[T, N] → its columns <paramref name="Columns"/>.</summary>
public sealed record ColumnsOp(Span Columns) : Op
{
    public override string Word => "columns";
    public override string Attributes => Columns.ToString();
}

/// <summary>router logits[T, X] → experts i32[T, k], weights[T, k], ascending by expert; an optional weight[X] biases the choice alone.</summary>
public sealed record RouteOp(
    int Selected, RouterScore Score, bool Normalize, float Scaling = 1f, int Groups = 1, int SelectedGroups = 1, int GroupTop = 1) : Op
{
    public override string Word => "route";
    public override string Attributes => Join(
        $"top={Selected}", Score.ToString().ToLowerInvariant(), Normalize ? "normalize" : null, Scaling == 1f ? null : $"scaling={Number(Scaling)}",
        Groups == 1 ? null : $"groups={SelectedGroups}/{Groups}", GroupTop == 1 ? null : $"group_top={GroupTop}");
}

/// <summary>
/// x[T, E], experts, weights; w gate[X, F, E], up[X, F, E], down[X, E, F] → Σ weight · down(act(gate·x) · up·x) over a
/// token's selected experts that are at hand.
/// </summary>
public sealed record ExpertsOp(Activation Activation) : Op
{
    public override string Word => "experts";
    public override string Attributes => Activation.ToString().ToLowerInvariant();
}

/// <summary>x[T, N] → [B, N]: the rows whose logits the step wants.</summary>
public sealed record SelectRowsOp : Op
{
    public override string Word => "select_rows";
}

/// <summary>Sum of a partial value over the ranks of a mesh dimension, in rank order.</summary>
public sealed record AllReduceOp(Mesh Over) : Op
{
    public override string Word => "all_reduce";
    public override string Attributes => $"over {Over.Text()}";
}

/// <summary>The ranks' columns side by side, in rank order.</summary>
/// <param name="Columns">Columns of each rank of the group.</param>
public sealed record AllGatherOp(Mesh Over, IReadOnlyList<int> Columns) : Op
{
    public override string Word => "all_gather";
    public override string Attributes => $"over {Over.Text()}";
}
