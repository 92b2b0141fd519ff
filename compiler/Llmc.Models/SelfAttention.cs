using Llmc.Checkpoints;
using Llmc.Graph;

namespace Llmc.Models;

/// <summary>Grouped-query attention (Ainslie et al. 2023), with one KV head a query head or fewer.</summary>
sealed record SelfAttention
{
    public required int HiddenSize { get; init; }
    public required int NumQueryHeads { get; init; }
    public required int NumKvHeads { get; init; }
    public required int HeadDim { get; init; }

    /// <summary>Factor of q·k.</summary>
    public required float Scale { get; init; }

    /// <summary>Positions that a token sees, itself included; 0 is all.</summary>
    public required int Window { get; init; }

    /// <summary>Null leaves positions out.</summary>
    public required RotaryEmbedding? Rotary { get; init; }

    /// <summary>Queries, keys and values have biases.</summary>
    public required bool QkvBias { get; init; }

    public required bool OutputBias { get; init; }

    /// <summary>Norm of each query and key head before it is rotated.</summary>
    public NormRule? QkNorm { get; init; }

    /// <summary>The attention of a layer as config.json says.</summary>
    public static SelfAttention Of(ModelConfig config, int layer) => new()
    {
        HiddenSize = config.HiddenSize,
        NumQueryHeads = config.NumQueryHeads,
        NumKvHeads = config.NumKvHeads,
        HeadDim = config.HeadDim,
        Scale = 1f / MathF.Sqrt(config.HeadDim),
        Window = config.LayerTypes[layer] == LayerType.Sliding ? config.SlidingWindow!.Value : 0,
        Rotary = config.Rope is { } rope ? new(rope, config.HeadDim) : null,
        QkvBias = config.AttentionBias,
        OutputBias = config.AttentionBias,
    };

    /// <summary>x [T, E] → [T, E].</summary>
    public Value Write(Module module, int layer, Value x, RotaryTables rotations)
    {
        var q = module.Linear(x, "q_proj", QueryHeads, HiddenSize, QkvBias);
        var k = module.Linear(x, "k_proj", KvHeads, HiddenSize, QkvBias);
        var v = module.Linear(x, "v_proj", KvHeads, HiddenSize, QkvBias);
        (q, k) = (Normed(module, q, "q_norm"), Normed(module, k, "k_norm"));
        (q, k) = (Rotated(module, q, rotations), Rotated(module, k, rotations));
        var heads = new Artifact.Heads(NumQueryHeads, NumKvHeads, GroupSize, GroupOffset: 0, HeadDim);
        var attended = module.Lines.Attention(q, k, v, new(layer, heads, Scale, Window));
        return module.Linear(attended, "o_proj", HiddenSize, QueryHeads, OutputBias);
    }

    int GroupSize => NumQueryHeads / NumKvHeads;

    Axis QueryHeads => new("heads", NumQueryHeads, HeadDim);

    Axis KvHeads => new("kv_heads", NumKvHeads, HeadDim, Group: GroupSize);

    Value Normed(Module module, Value x, string name) => QkNorm is null ? x : module.Norm(x, name, QkNorm, HeadDim);

    Value Rotated(Module module, Value x, RotaryTables rotations) => Rotary is null ? x : rotations.Rotate(module, x, Rotary);
}
