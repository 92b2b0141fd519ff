using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>The one place where a spec becomes a kernel of this machine.</summary>
static class CpuKernels
{
    /// <summary>The kernel of <paramref name="spec"/> for one rank.</summary>
    /// <exception cref="LlmcException">LLMC0411: this runtime does not know the spec.</exception>
    public static CpuKernel Create(KernelSpec spec, in CpuKernelContext context) => context.Set switch
    {
        InstructionSet.Portable => Create<Lanes128>(spec, context),
        InstructionSet.Avx2 => Create<Lanes256>(spec, context),
        _ => Create<Lanes512>(spec, context),
    };

    static CpuKernel Create<T>(KernelSpec spec, in CpuKernelContext context) where T : struct, ILanes<T> => spec switch
    {
        EmbeddingSpec s => Embedding(s),
        RotaryTableSpec s => new RotaryTableKernel(s),
        NormSpec { Kind: not NormKind.None } s => new NormKernel<T>(s),
        RotaryKvWriteSpec { Kv.Type: DType.F32 } s => new RotaryKvWriteKernel<T, F32Element>(s),
        RotaryKvWriteSpec { Kv.Type: DType.BF16 } s => new RotaryKvWriteKernel<T, BF16Element>(s),
        RotaryKvWriteSpec { Kv.Type: DType.F8E4M3 } s => new RotaryKvWriteKernel<T, F8E4M3Element>(s),
        AttentionSpec { Kv.Type: DType.F32 } s => new AttentionKernel<T, F32Element>(s, context.Limits.MaxSequenceLength, context.Threads),
        AttentionSpec { Kv.Type: DType.BF16 } s => new AttentionKernel<T, BF16Element>(s, context.Limits.MaxSequenceLength, context.Threads),
        AttentionSpec { Kv.Type: DType.F8E4M3 } s => new AttentionKernel<T, F8E4M3Element>(s, context.Limits.MaxSequenceLength, context.Threads),
        GemmSpec s => GemmKernel.For(s, context.Set, context.Code),
        ExpertsSpec s => ExpertsKernel.For(s, context.Set, context.Code),
        RouteSpec s => new RouteKernel(s),
        AllReduceSpec s when context.GroupOf(s.Group) is var (group, member) => new AllReduceKernel<T>(s, group, member),
        AllGatherSpec s when context.GroupOf(s.Columns.Count) is var (group, member) => new AllGatherKernel(s, group, member),
        _ => throw Diagnostics.NoCpuKernel.With(spec.Name),
    };

    static CpuKernel Embedding(EmbeddingSpec spec) => spec.Format switch
    {
        WeightFormat.F32 => new EmbeddingKernel<F32Element>(spec),
        WeightFormat.BF16 => new EmbeddingKernel<BF16Element>(spec),
        WeightFormat.F8E4M3 => new EmbeddingKernel<F8E4M3Element>(spec),
        _ => new EmbeddingKernel<I8Element>(spec),
    };
}

/// <summary>What a kernel may need to know of its rank.</summary>
readonly record struct CpuKernelContext(InstructionSet Set, Limits Limits, RankManifest Rank, Exchange Exchange, CodeImage Code)
{
    public int Threads => Exchange.ThreadsPerRank;

    /// <summary>The group of <paramref name="size"/> ranks around this one, and its place there.</summary>
    public (ExchangeGroup Group, int Member) GroupOf(int size) => Exchange.GroupOf(Rank, size);
}
