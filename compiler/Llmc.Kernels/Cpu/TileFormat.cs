using Iced.Intel;
using Llmc.Artifact;
using static Iced.Intel.AssemblerRegisters;

namespace Llmc.Kernels.Cpu;

/// <summary>What depends on the element formats: how a group of k is loaded, widened and multiplied.</summary>
abstract class TileFormat(MicroKernelSpec spec, Assembler code)
{
    /// <summary>Bytes that a panel is fetched ahead of its use, into the second-level cache: what memory delivers in its latency.</summary>
    public const int PrefetchDistance = 4096;

    readonly int _rowBytes = PackedInput.RowBytes(spec.Input, spec.Columns);

    protected Assembler Code => code;

    /// <summary>Layout of a panel; its row count is of no importance here.</summary>
    public PackedWeight Layout { get; } = new(spec.Weight, PackedWeight.PanelWidth, spec.Columns);

    /// <summary>Bytes of one group of k in a row.</summary>
    public abstract int InputGroupBytes { get; }

    /// <summary>Multiplications that a group takes, in ascending k.</summary>
    public virtual int Steps => 1;

    /// <summary>The format of a spec.</summary>
    public static TileFormat Of(MicroKernelSpec spec, Assembler code) => (spec.Weight, spec.Input) switch
    {
        (WeightFormat.BF16, ActivationFormat.BF16) => new BF16Tile(spec, code),
        (WeightFormat.F8E4M3, ActivationFormat.BF16) => new F8Tile(spec, code),
        (WeightFormat.I8, ActivationFormat.I8) => new I8Tile(spec, code),
        (WeightFormat.F32, ActivationFormat.F32) => new F32Tile(spec, code),
        (WeightFormat.BF16, ActivationFormat.F32) => new BF16ByF32Tile(spec, code),
        (WeightFormat.F8E4M3, ActivationFormat.F32) => new F8ByF32Tile(spec, code),
        _ => throw new ArgumentException($"no machine code for {spec.Weight} weights and {spec.Input} inputs", nameof(spec)),
    };

    /// <summary>Fills the registers that every group uses.</summary>
    public virtual void LoadConstants() { }

    public abstract void LoadWeights(AssemblerRegisterZMM destination, int panel, int group, int step);

    /// <summary>sum += input · weights.</summary>
    public abstract void MultiplyAdd(AssemblerRegisterZMM sum, AssemblerRegisterZMM input, AssemblerRegisterZMM weights);

    /// <summary>The same 32 bits of a row's k in every lane.</summary>
    public void BroadcastInput(AssemblerRegisterZMM destination, int row, int group, int step) =>
        code.vpbroadcastd(destination, __dword_ptr[rsi + row * _rowBytes + group * InputGroupBytes + 4 * step]);

    /// <summary>Asks once for each line of a panel; near the panel's end for the start of the panel in its place in the next tile.</summary>
    public void Prefetch(int panel, int group, bool nearEnd)
    {
        if (group * Layout.GroupBytes % PackedWeight.Alignment != 0) return;
        var skipped = nearEnd ? (int)((spec.Panels - 1) * Layout.PanelBytes) : 0;
        code.prefetcht1(Panel(panel, group, PrefetchDistance + skipped));
    }

    /// <summary>Register <paramref name="index"/> of those that hold neither accumulators nor weights.</summary>
    protected AssemblerRegisterZMM Free(int index) => new(Register.ZMM0 + spec.Rows * spec.Panels + spec.Panels + index);

    protected AssemblerMemoryOperand Panel(int panel, int group, int ahead = 0) =>
        __[rdi + (int)(panel * Layout.PanelBytes) + group * Layout.GroupBytes + ahead];

    protected void Constant(AssemblerRegisterZMM destination, uint bits)
    {
        code.mov(eax, bits);
        code.vpbroadcastd(destination, eax);
    }
}
