namespace Llmc.Checkpoints;

/// <summary>Latent attention, where the file or the family has it.</summary>
static class MlaReader
{
    internal static MlaConfig? Read(ConfigFields fields, MlaConfig? defaults)
    {
        if (defaults is null && fields.Int(1, Limits.Width, "kv_lora_rank") is null) return null;
        return new(
            QueryRank: fields.IsWritten("q_lora_rank") ? fields.Int(1, Limits.Width, "q_lora_rank") : defaults?.QueryRank,
            KvRank: Size(fields, Limits.Width, "kv_lora_rank", defaults?.KvRank),
            RopeHeadDim: Size(fields, Limits.HeadDim, "qk_rope_head_dim", defaults?.RopeHeadDim),
            NopeHeadDim: Size(fields, Limits.HeadDim, "qk_nope_head_dim", defaults?.NopeHeadDim),
            ValueHeadDim: Size(fields, Limits.HeadDim, "v_head_dim", defaults?.ValueHeadDim));
    }

    static int Size(ConfigFields fields, int max, string name, int? fallback) =>
        fields.Int(1, max, name) ?? fallback ?? throw fields.Missing(name);
}
