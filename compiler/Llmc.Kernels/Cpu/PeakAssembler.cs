using Iced.Intel;
using Llmc.Artifact;
using static Iced.Intel.AssemblerRegisters;

namespace Llmc.Kernels.Cpu;

/// <summary>Writes the <see cref="PeakLoop"/> of an instruction set: rdi counts the rounds, all operands are zero.</summary>
static class PeakAssembler
{
    public static byte[] Assemble(InstructionSet set)
    {
        var code = new Assembler(64);
        for (var chain = 0; chain <= PeakLoop.Chains; chain++) code.vpxord(Zmm(chain), Zmm(chain), Zmm(chain));
        var top = code.CreateLabel();
        code.Label(ref top);
        for (var chain = 0; chain < PeakLoop.Chains; chain++) Multiply(code, set, Zmm(chain), Zmm(PeakLoop.Chains));
        code.dec(rdi);
        code.jne(top);
        code.vzeroupper();
        code.ret();
        return code.Encode();
    }

    static void Multiply(Assembler code, InstructionSet set, AssemblerRegisterZMM sum, AssemblerRegisterZMM operand)
    {
        switch (set)
        {
            case InstructionSet.Avx512Bf16: code.vdpbf16ps(sum, operand, operand); break;
            case InstructionSet.Avx512Vnni: code.vpdpbusd(sum, operand, operand); break;
            default: code.vfmadd231ps(sum, operand, operand); break;
        }
    }

    static AssemblerRegisterZMM Zmm(int index) => new(Register.ZMM0 + index);
}
