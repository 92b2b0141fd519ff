using Iced.Intel;
using Llmc.Artifact;
using static Iced.Intel.AssemblerRegisters;

namespace Llmc.Kernels.Cpu;

/// <summary>bf16 by bf16: one VDPBF16PS a pair of k.</summary>
class BF16Tile(MicroKernelSpec spec, Assembler code) : TileFormat(spec, code)
{
    public override int InputGroupBytes => 4;

    public override void LoadWeights(AssemblerRegisterZMM destination, int panel, int group, int step) =>
        Code.vmovups(destination, Panel(panel, group));

    public override void MultiplyAdd(AssemblerRegisterZMM sum, AssemblerRegisterZMM input, AssemblerRegisterZMM weights) =>
        Code.vdpbf16ps(sum, input, weights);
}

/// <summary>Signed by unsigned bytes: one VPDPBUSD for four k.</summary>
sealed class I8Tile(MicroKernelSpec spec, Assembler code) : TileFormat(spec, code)
{
    public override int InputGroupBytes => 4;

    public override void LoadWeights(AssemblerRegisterZMM destination, int panel, int group, int step) =>
        Code.vmovups(destination, Panel(panel, group));

    public override void MultiplyAdd(AssemblerRegisterZMM sum, AssemblerRegisterZMM input, AssemblerRegisterZMM weights) =>
        Code.vpdpbusd(sum, input, weights);
}

/// <summary>E4M3 widened exactly to bf16, then as <see cref="BF16Tile"/>.</summary>
sealed class F8Tile(MicroKernelSpec spec, Assembler code) : BF16Tile(spec, code)
{
    AssemblerRegisterZMM Kept => Free(0);
    AssemblerRegisterZMM Rebias => Free(1);
    AssemblerRegisterZMM Exponent => Free(2);
    AssemblerRegisterZMM Subnormals => Free(3);
    AssemblerRegisterZMM Bytes => Free(4);

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
}

/// <summary>float32 by float32: one FMA a k.</summary>
class F32Tile(MicroKernelSpec spec, Assembler code) : TileFormat(spec, code)
{
    public override int InputGroupBytes => 4;

    public override void LoadWeights(AssemblerRegisterZMM destination, int panel, int group, int step) =>
        Code.vmovups(destination, Panel(panel, group));

    public override void MultiplyAdd(AssemblerRegisterZMM sum, AssemblerRegisterZMM input, AssemblerRegisterZMM weights) =>
        Code.vfmadd231ps(sum, input, weights);
}

/// <summary>bf16 weights by float32: the lower halves of a line are the even k, the upper halves the odd.</summary>
sealed class BF16ByF32Tile(MicroKernelSpec spec, Assembler code) : F32Tile(spec, code)
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
}

/// <summary>E4M3 weights by float32: the byte's fields are moved into place as a float32 whose exponent is 120 too small.</summary>
sealed class F8ByF32Tile(MicroKernelSpec spec, Assembler code) : F32Tile(spec, code)
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
}
