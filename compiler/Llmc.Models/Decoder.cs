using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Graph;

namespace Llmc.Models;

/// <summary>
/// A decoder-only transformer with pre-norm residual layers. <see cref="Of"/> makes it as plain as Llama's; a family says
/// where it differs.
/// </summary>
sealed record Decoder
{
    public required int HiddenSize { get; init; }
    public required int NumLayers { get; init; }
    public required int VocabSize { get; init; }
    public required NormRule Norm { get; init; }

    /// <summary>The head multiplies by the embedding table.</summary>
    public required bool TieWordEmbeddings { get; init; }

    /// <summary>The attention of each layer.</summary>
    public required Func<int, SelfAttention> Attention { get; init; }

    /// <summary>What follows attention in each layer.</summary>
    public required Func<int, IFeedForward> FeedForward { get; init; }

    /// <summary>Everything as config.json says, gated MLPs throughout.</summary>
    public static Decoder Of(ModelConfig config) => new()
    {
        HiddenSize = config.HiddenSize,
        NumLayers = config.NumLayers,
        VocabSize = config.VocabSize,
        Norm = new(NormKind.Rms, (float)config.NormEpsilon),
        TieWordEmbeddings = config.TieWordEmbeddings,
        Attention = layer => SelfAttention.Of(config, layer),
        FeedForward = _ => GatedMlp.Of(config),
    };

    /// <summary>The model from token ids to logits, its activations of type <paramref name="type"/>.</summary>
    public ModelGraph Build(string name, DType type)
    {
        var graph = new GraphBuilder(type);
        var (model, head) = (new Module(graph, "model."), new Module(graph, ""));
        var table = model.Matrix("embed_tokens.weight", Vocabulary, HiddenSize, copy: TieWordEmbeddings ? "lm_head.weight" : null);

        var rotations = RotaryTables.Write(model["rotary_emb"], Enumerable.Range(0, NumLayers).Select(layer => Attention(layer).Rotary));
        var x = model["embed_tokens"].Lines.Embedding(table);
        for (var layer = 0; layer < NumLayers; layer++) x = WriteLayer(model.Layer("layers", layer), layer, x, rotations);
        var last = model.Norm(model["norm"].Lines.SelectRows(x), "norm", Norm, HiddenSize);
        var logits = TieWordEmbeddings ? head["lm_head"].Lines.Linear(last, table) : head.Linear(last, "lm_head", Vocabulary, HiddenSize);
        return graph.Build(name, logits);
    }

    Axis Vocabulary => new("vocab", VocabSize);

    Value WriteLayer(Module layer, int index, Value x, RotaryTables rotations)
    {
        var attended = Attention(index).Write(layer["self_attn"], index, layer.Norm(x, "input_layernorm", Norm, HiddenSize), rotations);
        x = layer.Lines.Sum(x, attended);
        var fed = FeedForward(index).Write(layer, layer.Norm(x, "post_attention_layernorm", Norm, HiddenSize));
        return layer.Lines.Sum(x, fed);
    }
}
