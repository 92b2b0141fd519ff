namespace Llmc.Checkpoints;

/// <summary>Multi-head latent attention (DeepSeek-V2, 2024): keys and values grow from one latent vector a token.</summary>
/// <param name="QueryRank">Width of the query's latent; null where queries are projected directly.</param>
/// <param name="KvRank">Width of the latent that keys and values share, which is what the KV cache holds.</param>
/// <param name="RopeHeadDim">Rotated part of a query or key head; the key's is shared by all heads.</param>
/// <param name="NopeHeadDim">Part of a query or key head that is not rotated.</param>
/// <param name="ValueHeadDim">Width of a value head.</param>
public sealed record MlaConfig(int? QueryRank, int KvRank, int RopeHeadDim, int NopeHeadDim, int ValueHeadDim);
