namespace Llmc.Checkpoints;

/// <summary>The sizes of attention, and the rules that bind them.</summary>
readonly record struct AttentionSizes(int HiddenSize, int NumQueryHeads, int NumKvHeads, int HeadDim)
{
    internal static AttentionSizes Read(ConfigFields fields, FamilyDefaults defaults, MlaConfig? mla)
    {
        var hiddenSize = fields.Int(1, Limits.Width, "hidden_size", "n_embd") ?? throw fields.Missing("hidden_size");
        var queryHeads = fields.Int(1, Limits.Heads, "num_attention_heads", "n_head") ?? defaults.NumQueryHeads
            ?? throw fields.Missing("num_attention_heads");
        var kvHeads = KvHeads(fields, defaults, queryHeads);
        if (queryHeads % kvHeads != 0)
            throw fields.NotAMultiple("num_attention_heads", queryHeads, $"'num_key_value_heads', {kvHeads}");
        return new(hiddenSize, queryHeads, kvHeads, mla?.RopeHeadDim ?? WidthOfHead(fields, defaults, hiddenSize, queryHeads));
    }

    static int KvHeads(ConfigFields fields, FamilyDefaults defaults, int queryHeads)
    {
        if (defaults.HasEqualHeads) return queryHeads;
        var fallback = fields.IsWritten("num_key_value_heads") ? null : defaults.NumKvHeads;
        return fields.Int(1, Limits.Heads, "num_key_value_heads") ?? fallback ?? queryHeads;
    }

    static int WidthOfHead(ConfigFields fields, FamilyDefaults defaults, int hiddenSize, int queryHeads)
    {
        var fallback = fields.IsWritten("head_dim") ? null : defaults.HeadDim;
        if ((fields.Int(1, Limits.HeadDim, "head_dim") ?? fallback) is { } headDim) return headDim;
        if (hiddenSize % queryHeads == 0) return hiddenSize / queryHeads;
        throw fields.NotAMultiple("hidden_size", hiddenSize, $"'num_attention_heads', {queryHeads}, without a 'head_dim'");
    }
}
