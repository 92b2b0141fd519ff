using System.Collections.Frozen;

namespace Llmc.Checkpoints;

/// <summary>The defaults of each model type, from the configuration classes of transformers 5.12.</summary>
static class Families
{
    static readonly FamilyDefaults Unknown = new();

    static readonly FrozenDictionary<string, FamilyDefaults> ByModelType = new Dictionary<string, FamilyDefaults>
    {
        ["llama"] = new(MaxPositions: 2048, Windows: WindowPattern.None, BosTokenId: 1, EosTokenIds: [2]),
        ["mistral"] = new(MaxPositions: 131072, NumKvHeads: 8, SlidingWindow: 4096, BosTokenId: 1, EosTokenIds: [2]),
        ["mixtral"] = new(
            MaxPositions: 131072, NumKvHeads: 8, NormEpsilon: 1e-5, RopeTheta: 1e6, BosTokenId: 1, EosTokenIds: [2],
            Moe: new(8, 2, NormalizeTopK: true)),
        ["qwen2"] = new(
            MaxPositions: 32768, NumKvHeads: 32, AttentionBias: true,
            Windows: WindowPattern.FromMaxWindowLayers, HasWindowSwitch: true, SlidingWindow: 4096),
        ["qwen3"] = new(
            MaxPositions: 32768, NumKvHeads: 32, HeadDim: 128,
            Windows: WindowPattern.FromMaxWindowLayers, HasWindowSwitch: true, SlidingWindow: 4096),
        ["qwen2_moe"] = new(
            MaxPositions: 32768, NumKvHeads: 16, AttentionBias: true,
            Windows: WindowPattern.EvenBelowMaxWindowLayers, HasWindowSwitch: true, SlidingWindow: 4096,
            Moe: new(60, 4, ExpertIntermediateSize: 1408, SharedIntermediateSize: 5632)),
        ["qwen3_moe"] = new(
            MaxPositions: 32768, NumKvHeads: 4, HasWindowSwitch: true, SlidingWindow: 4096,
            Moe: new(128, 8, ExpertIntermediateSize: 768)),
        ["gemma"] = new(
            MaxPositions: 8192, NumKvHeads: 16, HeadDim: 256, Activation: Activation.GeluTanh, TieWordEmbeddings: true,
            Windows: WindowPattern.None, BosTokenId: 2, EosTokenIds: [1]),
        ["gemma2"] = new(
            MaxPositions: 8192, NumKvHeads: 4, HeadDim: 256, Activation: Activation.GeluTanh, TieWordEmbeddings: true,
            Windows: WindowPattern.AllButEveryNth, WindowStep: 2, SlidingWindow: 4096,
            QueryScalar: 256, AttentionSoftCap: 50, LogitSoftCap: 30, BosTokenId: 2, EosTokenIds: [1]),
        // The text part of published gemma3 checkpoints leaves out heads and vocabulary where they have these values.
        ["gemma3_text"] = new(
            NumQueryHeads: 8, NumKvHeads: 4, HeadDim: 256, VocabSize: 262208, MaxPositions: 131072,
            Activation: Activation.GeluTanh, TieWordEmbeddings: true,
            Windows: WindowPattern.AllButEveryNth, WindowStep: 6, SlidingWindow: 4096,
            RopeTheta: 1e6, SlidingRopeTheta: 10_000, QueryScalar: 256, BosTokenId: 2, EosTokenIds: [1]),
        ["phi3"] = new(MaxPositions: 4096, NormEpsilon: 1e-5, BosTokenId: 1, EosTokenIds: [32000]),
        ["olmo2"] = new(MaxPositions: 2048, NormEpsilon: 1e-5, Windows: WindowPattern.None, EosTokenIds: [50279]),
        ["olmoe"] = new(
            MaxPositions: 4096, NormEpsilon: 1e-5, Windows: WindowPattern.None, EosTokenIds: [50279], Moe: new(64, 8)),
        ["granite"] = new(
            MaxPositions: 2048, Windows: WindowPattern.None, AttentionMultiplier: 1, BosTokenId: 1, EosTokenIds: [2]),
        ["granitemoe"] = new(
            MaxPositions: 2048, Windows: WindowPattern.None, AttentionMultiplier: 1, BosTokenId: 1, EosTokenIds: [2],
            Moe: new(8, 2, NormalizeTopK: true)),
        ["smollm3"] = new(
            MaxPositions: 32768, NumKvHeads: 4, TieWordEmbeddings: true, RopeTheta: 2e6, UnrotatedStep: 4,
            Windows: WindowPattern.UnrotatedLayers, HasWindowSwitch: true, BosTokenId: 128000, EosTokenIds: [128001]),
        ["glm4"] = new(
            MaxPositions: 131072, NumKvHeads: 2, HeadDim: 128, NormEpsilon: 1.5625e-7, AttentionBias: true,
            Windows: WindowPattern.None, PartialRotaryFactor: 0.5, EosTokenIds: [151329, 151336, 151338]),
        ["glm4_moe"] = new(
            MaxPositions: 131072, NumKvHeads: 8, NormEpsilon: 1e-5, Windows: WindowPattern.None, PartialRotaryFactor: 0.5,
            Moe: new(
                128, 8, ExpertIntermediateSize: 1408, NumSharedExperts: 1, NormalizeTopK: true, FirstDenseLayers: 1,
                Scoring: RouterScoring.Sigmoid, Selection: RouterSelection.BiasCorrected)),
        ["starcoder2"] = new(
            MaxPositions: 4096, NumKvHeads: 2, NormEpsilon: 1e-5, Activation: Activation.GeluTanh, TieWordEmbeddings: true,
            AttentionBias: true, MlpBias: true, BosTokenId: 50256, EosTokenIds: [50256]),
        ["cohere2"] = new(
            MaxPositions: 8192, NormEpsilon: 1e-5, TieWordEmbeddings: true, LogitMultiplier: 0.0625,
            Windows: WindowPattern.AllButEveryNth, WindowStep: 4, SlidingWindow: 4096, BosTokenId: 5, EosTokenIds: [255001]),
        ["nemotron"] = new(
            MaxPositions: 4096, NormEpsilon: 1e-5, Activation: Activation.ReluSquared, Windows: WindowPattern.None,
            PartialRotaryFactor: 0.5, BosTokenId: 2, EosTokenIds: [3]),
        ["exaone4"] = new(
            MaxPositions: 2048, NumKvHeads: 32, NormEpsilon: 1e-5,
            Windows: WindowPattern.AllButEveryNth, WindowStep: 4, SlidingWindow: 4096, BosTokenId: 0, EosTokenIds: [2]),
        ["gpt_neox"] = new(
            MaxPositions: 2048, HasEqualHeads: true, NormEpsilon: 1e-5, Activation: Activation.Gelu,
            AttentionBias: true, MlpBias: true, Windows: WindowPattern.None, PartialRotaryFactor: 0.25,
            ParallelResidual: true, BosTokenId: 0, EosTokenIds: [2]),
        ["gpt2"] = new(
            MaxPositions: 1024, HasEqualHeads: true, NormEpsilon: 1e-5, Activation: Activation.GeluTanh,
            AttentionBias: true, MlpBias: true, TieWordEmbeddings: true, Windows: WindowPattern.None,
            HasLearnedPositions: true, BosTokenId: 50256, EosTokenIds: [50256]),
        ["deepseek_v2"] = new(
            MaxPositions: 2048, Windows: WindowPattern.None, BosTokenId: 1, EosTokenIds: [2],
            Mla: new(QueryRank: 1536, KvRank: 512, RopeHeadDim: 64, NopeHeadDim: 128, ValueHeadDim: 128),
            Moe: new(64, ExpertsPerToken: null, ExpertIntermediateSize: 1407, NumSharedExperts: 2)),
        ["deepseek_v3"] = new(
            MaxPositions: 4096, Windows: WindowPattern.None, RopeInterleaved: true, BosTokenId: 0, EosTokenIds: [1],
            Mla: new(QueryRank: 1536, KvRank: 512, RopeHeadDim: 64, NopeHeadDim: 128, ValueHeadDim: 128),
            Moe: new(
                256, 8, ExpertIntermediateSize: 2048, NumSharedExperts: 1, NormalizeTopK: true, FirstDenseLayers: 3,
                Scoring: RouterScoring.Sigmoid, Selection: RouterSelection.BiasCorrected,
                NumGroups: 8, GroupsPerToken: 4, RoutedScalingFactor: 2.5)),
        ["gpt_oss"] = new(
            MaxPositions: 131072, NumKvHeads: 8, HeadDim: 64, NormEpsilon: 1e-5, AttentionBias: true, MlpBias: true,
            Windows: WindowPattern.AllButEveryNth, WindowStep: 2, SlidingWindow: 128,
            RopeTheta: 150_000, RequiresRopeScaling: true, Moe: new(128, 4, NormalizeTopK: true)),
    }.ToFrozenDictionary();

    /// <summary>The defaults of a model type; of an unknown one, what most families share.</summary>
    internal static FamilyDefaults Of(string modelType) => ByModelType.GetValueOrDefault(modelType, Unknown);
}
