using Iced.Intel;
using Llmc.Artifact;
using static Iced.Intel.AssemblerRegisters;

namespace Llmc.Kernels.Cpu;

/// <summary>What depends on the element formats: how a group of k is loaded, widened and multiplied.</summary>
abstract class TileFormat(MicroKernelSpec spec, Assembler code)
{
    /// <summary>Bytes that the panel stream is fetched ahead of its use.</summary>
    const int PrefetchDistance = 1024;

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

    /// <summary>accumulator += input · weights.</summary>
    public abstract void MultiplyAdd(AssemblerRegisterZMM accumulator, AssemblerRegisterZMM input, AssemblerRegisterZMM weights);

    /// <summary>The same 32 bits of a row's k in every lane.</summary>
    public void BroadcastInput(AssemblerRegisterZMM destination, int row, int group, int step) =>
        code.vpbroadcastd(destination, __dword_ptr[rsi + row * _rowBytes + group * InputGroupBytes + 4 * step]);

    /// <summary>Asks for each line of a panel once.</summary>
    public void Prefetch(int panel, int group)
    {
        if (group * Layout.GroupBytes % 64 == 0) code.prefetcht0(Panel(panel, group, PrefetchDistance));
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

/// <summary>bf16 by bf16: one VDPBF16PS a pair of k.</summary>
sealed class BF16Tile(MicroKernelSpec spec, Assembler code) : TileFormat(spec, code)
{
    public override int InputGroupBytes => 4;

    public override void LoadWeights(AssemblerRegisterZMM destination, int panel, int group, int step) =>
        Code.vmovups(destination, Panel(panel, group));

    public override void MultiplyAdd(AssemblerRegisterZMM accumulator, AssemblerRegisterZMM input, AssemblerRegisterZMM weights) =>
        Code.vdpbf16ps(accumulator, input, weights);
}

/// <summary>Signed by unsigned bytes: one VPDPBUSD for four k.</summary>
sealed class I8Tile(MicroKernelSpec spec, Assembler code) : TileFormat(spec, code)
{
    public override int InputGroupBytes => 4;

    public override void LoadWeights(AssemblerRegisterZMM destination, int panel, int group, int step) =>
        Code.vmovups(destination, Panel(panel, group));

    public override void MultiplyAdd(AssemblerRegisterZMM accumulator, AssemblerRegisterZMM input, AssemblerRegisterZMM weights) =>
        Code.vpdpbusd(accumulator, input, weights);
}

/// <summary>E4M3 widened exactly to bf16, then as <see cref="BF16Tile"/>.</summary>
sealed class F8Tile(MicroKernelSpec spec, Assembler code) : TileFormat(spec, code)
{
    AssemblerRegisterZMM Kept => Free(0);
    AssemblerRegisterZMM Rebias => Free(1);
    AssemblerRegisterZMM Exponent => Free(2);
    AssemblerRegisterZMM Subnormals => Free(3);
    AssemblerRegisterZMM Bytes => Free(4);

    public override int InputGroupBytes => 4;

    public override void LoadConstants()
    {
        Constant(Kept, 0x87F0_87F0);
        Constant(Rebias, 0x3C00_3C00);
        Constant(Exponent, 0x0078_0078);
        LoadSubnormals();
    }

    /// <summary>Word m: what turns the rebiased fields of an E4M3 number with exponent field 0 and mantissa m into m · 2^-9 as bf16.</summary>
    void LoadSubnormals()
    {
        ulong Words(int first) => Enumerable.Range(first, 4).Reverse().Aggregate(
            0UL, (words, m) => words << 16 | (uint)(((BFloat16)(m / 512f)).Bits ^ (0x3C00 + (m << 4))));
        var low = new AssemblerRegisterXMM(Register.XMM0 + (Subnormals.Value - Register.ZMM0));
        Code.mov(rax, Words(0));
        Code.vmovq(low, rax);
        Code.mov(rax, Words(4));
        Code.vpinsrq(low, low, rax, 1);
    }

    public override void LoadWeights(AssemblerRegisterZMM destination, int panel, int group, int step)
    {
        // s eeee mmm, sign extended → s 0000eeee mmm0000 with the exponent's bias raised from 7 to 127
        Code.vpmovsxbw(Bytes, Panel(panel, group));
        Code.vpsllw(destination, Bytes, 4);
        Code.vpandd(destination, destination, Kept);
        Code.vpaddw(destination, destination, Rebias);
        Code.vptestnmw(k1, Bytes, Exponent);
        Code.vpermw(Bytes.k1.z, Bytes, Subnormals);
        Code.vpxord(destination, destination, Bytes);
    }

    public override void MultiplyAdd(AssemblerRegisterZMM accumulator, AssemblerRegisterZMM input, AssemblerRegisterZMM weights) =>
        Code.vdpbf16ps(accumulator, input, weights);
}

/// <summary>float32 by float32: one FMA a k.</summary>
sealed class F32Tile(MicroKernelSpec spec, Assembler code) : TileFormat(spec, code)
{
    public override int InputGroupBytes => 4;

    public override void LoadWeights(AssemblerRegisterZMM destination, int panel, int group, int step) =>
        Code.vmovups(destination, Panel(panel, group));

    public override void MultiplyAdd(AssemblerRegisterZMM accumulator, AssemblerRegisterZMM input, AssemblerRegisterZMM weights) =>
        Code.vfmadd231ps(accumulator, input, weights);
}

/// <summary>bf16 weights by float32: the lower halves of a line are the even k, the upper halves the odd.</summary>
sealed class BF16ByF32Tile(MicroKernelSpec spec, Assembler code) : TileFormat(spec, code)
{
    AssemblerRegisterZMM UpperHalf => Free(0);

    public override int InputGroupBytes => 8;

    public override int Steps => 2;

    public override void LoadConstants() => Constant(UpperHalf, 0xFFFF_0000);

    public override void LoadWeights(AssemblerRegisterZMM destination, int panel, int group, int step)
    {
        if (step == 0) Code.vpslld(destination, Panel(panel, group), 16);
        else Code.vpandd(destination, UpperHalf, Panel(panel, group));
    }

    public override void MultiplyAdd(AssemblerRegisterZMM accumulator, AssemblerRegisterZMM input, AssemblerRegisterZMM weights) =>
        Code.vfmadd231ps(accumulator, input, weights);
}

/// <summary>E4M3 weights by float32: the byte's fields are moved into place as a float32 whose exponent is 120 too small.</summary>
sealed class F8ByF32Tile(MicroKernelSpec spec, Assembler code) : TileFormat(spec, code)
{
    AssemblerRegisterZMM Fields => Free(0);
    AssemblerRegisterZMM TwoTo120 => Free(1);

    public override int InputGroupBytes => 8;

    public override int Steps => 2;

    public override void LoadConstants()
    {
        Constant(Fields, 0x87F0_0000);
        Constant(TwoTo120, BitConverter.SingleToUInt32Bits(MathF.ScaleB(1f, 120)));
    }

    public override void LoadWeights(AssemblerRegisterZMM destination, int panel, int group, int step)
    {
        Code.vpmovzxwd(destination, Panel(panel, group));
        Code.vpslld(destination, destination, (byte)(step == 0 ? 24 : 16));
        Code.vpsrad(destination, destination, 4);
        Code.vpandd(destination, destination, Fields);
        Code.vmulps(destination, destination, TwoTo120);
    }

    public override void MultiplyAdd(AssemblerRegisterZMM accumulator, AssemblerRegisterZMM input, AssemblerRegisterZMM weights) =>
        Code.vfmadd231ps(accumulator, input, weights);
}
