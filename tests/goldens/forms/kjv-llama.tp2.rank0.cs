// Written by llmc 0.1.0: rank 0 of 2 of kjv-llama. One step, from token ids to logits.
using System;
using Llmc.Artifact;

namespace Llmc.Generated;

public sealed unsafe class Rank0 : IRankProgram
{
    public void Run(ILauncher launcher, in RankMemory memory, in StepInput step)
    {
        Begin(launcher, memory, step);
        foreach (ref readonly var layer in Layers.AsSpan()) Layer(launcher, memory, step, layer);
        End(launcher, memory, step);
    }

    static void Begin(ILauncher launcher, in RankMemory memory, in StepInput step)
    {
        // embed_tokens
        var embedding = new EmbeddingParameters
        {
            Tokens = step.Tokens,
            TokenIds = step.TokenIds,
            Weight = memory.Weights + 0x0,
            Output = (float*)(memory.Arena + 0x0),
        };
        launcher.Launch(Kernels.EmbeddingV1024E256Bf16, &embedding);

        // embed_tokens
        var allReduce = new AllReduceParameters
        {
            Tokens = step.Tokens,
            Input = (float*)(memory.Arena + 0x0),
            Output = (float*)(memory.Arena + 0xc0000),
        };
        launcher.Launch(Kernels.AllReduceN256R2, &allReduce);

        // rotary_emb
        var rotaryTable = new RotaryTableParameters
        {
            Tokens = step.Tokens,
            Positions = step.Positions,
            InverseFrequencies = (float*)(memory.Weights + 0xa0400),
            Cosines = (float*)(memory.Arena + 0x228000),
            Sines = (float*)(memory.Arena + 0x238000),
        };
        launcher.Launch(Kernels.RotaryTableD64, &rotaryTable);
    }

    static void Layer(ILauncher launcher, in RankMemory memory, in StepInput step, in LayerOffsets layer)
    {
        // input_layernorm, self_attn.q_proj+k_proj+v_proj
        var qProjKProjVProj = new GemmParameters
        {
            Tokens = step.Tokens,
            Input = (float*)(memory.Arena + 0xc0000),
            InputStride = 256,
            NormWeight = (float*)(memory.Weights + layer.InputLayernormWeight),
            Weight = memory.Weights + layer.SelfAttnQProjKProjVProjWeight,
            Output = (float*)(memory.Arena + 0x0),
            Workspace = memory.Arena + 0x140000,
        };
        launcher.Launch(Kernels.GemmRmsN256K256Bf16, &qProjKProjVProj);

        // self_attn
        var rotaryKvWrite = new RotaryKvWriteParameters
        {
            Tokens = step.Tokens,
            Qkv = (float*)(memory.Arena + 0x0),
            Cosines = (float*)(memory.Arena + 0x228000),
            Sines = (float*)(memory.Arena + 0x238000),
            SlotMapping = step.SlotMapping,
            KvCache = memory.KvCache + layer.KvCache,
            KvBlockStride = 0x4000,
        };
        launcher.Launch(Kernels.RotaryKvWriteH2Kv1D64Bf16, &rotaryKvWrite);

        // self_attn
        var attention = new AttentionParameters
        {
            Tokens = step.Tokens,
            Sequences = step.Sequences,
            Qkv = (float*)(memory.Arena + 0x0),
            KvCache = memory.KvCache + layer.KvCache,
            KvBlockStride = 0x4000,
            QueryStart = step.QueryStart,
            ContextLengths = step.ContextLengths,
            BlockTables = step.BlockTables,
            BlocksPerSequence = step.BlocksPerSequence,
            Output = (float*)(memory.Arena + 0x80000),
        };
        launcher.Launch(Kernels.AttentionH2Kv1D64Bf16, &attention);

        // self_attn.o_proj
        var oProj = new GemmParameters
        {
            Tokens = step.Tokens,
            Input = (float*)(memory.Arena + 0x80000),
            InputStride = 128,
            Weight = memory.Weights + layer.SelfAttnOProjWeight,
            Output = (float*)(memory.Arena + 0x0),
            Workspace = memory.Arena + 0x140000,
        };
        launcher.Launch(Kernels.GemmN256K128Bf16, &oProj);

        // self_attn
        var allReduce = new AllReduceParameters
        {
            Tokens = step.Tokens,
            Input = (float*)(memory.Arena + 0x0),
            Residual = (float*)(memory.Arena + 0xc0000),
            Output = (float*)(memory.Arena + 0xc0000),
        };
        launcher.Launch(Kernels.AllReduceN256R2Add, &allReduce);

        // post_attention_layernorm, mlp.gate_proj+up_proj
        var gateProjUpProj = new GemmParameters
        {
            Tokens = step.Tokens,
            Input = (float*)(memory.Arena + 0xc0000),
            InputStride = 256,
            NormWeight = (float*)(memory.Weights + layer.PostAttentionLayernormWeight),
            Weight = memory.Weights + layer.MlpGateProjUpProjWeight,
            Output = (float*)(memory.Arena + 0x0),
            Workspace = memory.Arena + 0x140000,
        };
        launcher.Launch(Kernels.GemmRmsN768K256Bf16GatedSilu, &gateProjUpProj);

        // mlp.down_proj
        var downProj = new GemmParameters
        {
            Tokens = step.Tokens,
            Input = (float*)(memory.Arena + 0x0),
            InputStride = 384,
            Weight = memory.Weights + layer.MlpDownProjWeight,
            Output = (float*)(memory.Arena + 0x140000),
            Workspace = memory.Arena + 0x1c0000,
        };
        launcher.Launch(Kernels.GemmN256K384Bf16, &downProj);

        // mlp
        var allReduce2 = new AllReduceParameters
        {
            Tokens = step.Tokens,
            Input = (float*)(memory.Arena + 0x140000),
            Residual = (float*)(memory.Arena + 0xc0000),
            Output = (float*)(memory.Arena + 0xc0000),
        };
        launcher.Launch(Kernels.AllReduceN256R2Add, &allReduce2);
    }

    static void End(ILauncher launcher, in RankMemory memory, in StepInput step)
    {
        // norm, embed_tokens
        var embedTokens = new GemmParameters
        {
            Tokens = step.LogitsRows,
            Input = (float*)(memory.Arena + 0xc0000),
            InputStride = 256,
            RowIndices = step.LogitsIndices,
            NormWeight = (float*)(memory.Weights + 0x382080),
            Weight = memory.Weights + 0x0,
            Output = (float*)(memory.Arena + 0x40000),
            Workspace = memory.Arena + 0x0,
        };
        launcher.Launch(Kernels.GemmRmsGatherN1024K256Bf16, &embedTokens);

        // lm_head
        var allGather = new AllGatherParameters
        {
            Rows = step.LogitsRows,
            Input = (float*)(memory.Arena + 0x40000),
            Output = (float*)(memory.Arena + 0x0),
        };
        launcher.Launch(Kernels.AllGatherN2048R2, &allGather);
    }

    // Byte offsets: weights from the start of the rank's weights, the cache from the start of a KV block.
    readonly record struct LayerOffsets(
        long InputLayernormWeight, long SelfAttnQProjKProjVProjWeight, long KvCache, long SelfAttnOProjWeight, long PostAttentionLayernormWeight, long MlpGateProjUpProjWeight, long MlpDownProjWeight);

    static readonly LayerOffsets[] Layers =
    [
        new(0x80000, 0x80400, 0x0, 0xa0480, 0xb0480, 0xb0880, 0x110880), // layers.0
        new(0x140880, 0x140c80, 0x1000, 0x160c80, 0x170c80, 0x171080, 0x1d1080), // layers.1
        new(0x201080, 0x201480, 0x2000, 0x221480, 0x231480, 0x231880, 0x291880), // layers.2
        new(0x2c1880, 0x2c1c80, 0x3000, 0x2e1c80, 0x2f1c80, 0x2f2080, 0x352080), // layers.3
    ];

    // Rows of the kernel table in engine.json.
    static class Kernels
    {
        public const int EmbeddingV1024E256Bf16 = 0;
        public const int AllReduceN256R2 = 1;
        public const int GemmRmsN256K256Bf16 = 2;
        public const int RotaryTableD64 = 3;
        public const int RotaryKvWriteH2Kv1D64Bf16 = 4;
        public const int AttentionH2Kv1D64Bf16 = 5;
        public const int GemmN256K128Bf16 = 6;
        public const int AllReduceN256R2Add = 7;
        public const int GemmRmsN768K256Bf16GatedSilu = 8;
        public const int GemmN256K384Bf16 = 9;
        public const int GemmRmsGatherN1024K256Bf16 = 10;
        public const int AllGatherN2048R2 = 11;
    }
}
