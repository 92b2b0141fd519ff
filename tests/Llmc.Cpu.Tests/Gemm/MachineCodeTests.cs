using Iced.Intel;
using Llmc.Artifact;
using Llmc.Kernels.Cpu;

namespace Llmc.Cpu.Tests;

public class MachineCodeTests
{
    public static TheoryData<WeightFormat, ActivationFormat, int> Products => new()
    {
        { WeightFormat.BF16, ActivationFormat.BF16, 1024 },
        { WeightFormat.F8E4M3, ActivationFormat.BF16, 1024 },
        { WeightFormat.I8, ActivationFormat.I8, 1024 },
        { WeightFormat.F32, ActivationFormat.F32, 100 },
        { WeightFormat.BF16, ActivationFormat.F32, 77 },
        { WeightFormat.F8E4M3, ActivationFormat.F32, 4096 },
    };

    [Theory, MemberData(nameof(Products))]
    public void A_tile_is_position_independent_and_touches_only_what_it_was_given(WeightFormat weight, ActivationFormat input, int columns)
    {
        foreach (var tile in MicroKernelSpec.TilesOf(weight, input, columns))
        {
            var code = Disassemble(TileAssembler.Assemble(tile));
            var bytes = (ulong)code.Sum(instruction => instruction.Length);
            Assert.Equal(Mnemonic.Ret, code[^1].Mnemonic);
            Assert.Equal(Mnemonic.Vzeroupper, code[^2].Mnemonic);
            foreach (var instruction in code)
            {
                Assert.False(instruction.IsInvalid || instruction.IsPrivileged || instruction.IsStackInstruction && instruction.Mnemonic != Mnemonic.Ret, $"{instruction}");
                Assert.False(instruction.FlowControl is FlowControl.Call or FlowControl.IndirectCall or FlowControl.IndirectBranch or FlowControl.Interrupt, $"{instruction}");
                if (instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch) Assert.InRange(instruction.NearBranchTarget, 0ul, bytes - 1);
                if (HasMemory(instruction) && instruction.Mnemonic != Mnemonic.Nop)
                    Assert.Contains(instruction.MemoryBase, new[] { Register.RDI, Register.RSI, Register.RDX });
            }
        }
    }

    [Theory, MemberData(nameof(Products))]
    public void A_tile_writes_no_register_that_the_caller_keeps(WeightFormat weight, ActivationFormat input, int columns)
    {
        Register[] saved = [Register.RBX, Register.RBP, Register.RSP, Register.R12, Register.R13, Register.R14, Register.R15];
        var usage = new InstructionInfoFactory();
        foreach (var tile in MicroKernelSpec.TilesOf(weight, input, columns))
            foreach (var instruction in Disassemble(TileAssembler.Assemble(tile)).Where(i => i.Mnemonic != Mnemonic.Ret))
                foreach (var used in usage.GetInfo(instruction).GetUsedRegisters())
                    Assert.False(
                        used.Access is not (OpAccess.Read or OpAccess.CondRead) && saved.Contains(used.Register.GetFullRegister()), $"{instruction}");
    }

    [Theory]
    [InlineData(WeightFormat.BF16, ActivationFormat.BF16, Mnemonic.Vdpbf16ps, 1)]
    [InlineData(WeightFormat.F8E4M3, ActivationFormat.BF16, Mnemonic.Vdpbf16ps, 1)]
    [InlineData(WeightFormat.I8, ActivationFormat.I8, Mnemonic.Vpdpbusd, 1)]
    [InlineData(WeightFormat.F32, ActivationFormat.F32, Mnemonic.Vfmadd231ps, 1)]
    [InlineData(WeightFormat.BF16, ActivationFormat.F32, Mnemonic.Vfmadd231ps, 2)]
    public void The_inner_loop_multiplies_every_row_by_every_panel_and_loads_each_weight_once(
        WeightFormat weight, ActivationFormat input, Mnemonic multiply, int steps)
    {
        const int UnrolledGroups = 4;
        foreach (var tile in MicroKernelSpec.TilesOf(weight, input, 4096))
        {
            var loop = InnerLoop(Disassemble(TileAssembler.Assemble(tile)));
            Assert.Equal(UnrolledGroups * steps * tile.Rows * tile.Panels, loop.Count(i => i.Mnemonic == multiply));
            Assert.Equal(UnrolledGroups * steps * tile.Panels, loop.Count(i => i.MemoryBase == Register.RDI && i.Mnemonic != Mnemonic.Prefetcht1));
            Assert.Equal(UnrolledGroups * steps * tile.Rows, loop.Count(i => i.Mnemonic == Mnemonic.Vpbroadcastd));
            Assert.Contains(loop, i => i.Mnemonic == Mnemonic.Prefetcht1);
        }
    }

    [Fact]
    public void The_inner_loop_of_a_bf16_tile_reads_as_meant() =>
        Golden.Matches("cpu/tile_bf16_k1024_2x4.asm", Text(TileAssembler.Assemble(
            MicroKernelSpec.TilesOf(WeightFormat.BF16, ActivationFormat.BF16, 1024).Single(tile => tile is { Rows: 2, Panels: 4 }))));

    [Fact]
    public void Files_hold_each_tile_once_and_say_where()
    {
        var gemm = new GemmSpec(64, 128, WeightFormat.BF16, ActivationFormat.BF16);
        var files = CpuCode.Assemble([gemm, gemm with { Rows = 32, Epilogue = Epilogue.AddResidual }, new RotaryTableSpec(64)]);
        var file = Assert.Single(files);
        Assert.Equal("cpu/avx512bf16.x64", file.Path);
        Assert.Equal(1 + 2 * MicroKernelSpec.MaxRows, file.Code.Count);
        Assert.Equal(file.Code.Count, file.Code.Select(code => code.Name).Distinct().Count());
        foreach (var code in file.Code)
            Assert.Equal(Mnemonic.Ret, Disassemble(file.Bytes[code.Offset..(code.Offset + code.Length)])[^1].Mnemonic);
    }

    [Fact]
    public void Assembling_twice_gives_the_same_bytes()
    {
        var spec = new ExpertsSpec(0, 2, 1, 96, 40, WeightFormat.F8E4M3, ActivationFormat.F32, Activation.Silu);
        Assert.Equal(CpuCode.Assemble([spec])[0].Bytes, CpuCode.Assemble([spec])[0].Bytes);
    }

    static bool HasMemory(Instruction instruction) =>
        Enumerable.Range(0, instruction.OpCount).Any(operand => instruction.GetOpKind(operand) == OpKind.Memory);

    static List<Instruction> Disassemble(byte[] code)
    {
        var decoder = Decoder.Create(64, code);
        var instructions = new List<Instruction>();
        while (decoder.IP < (ulong)code.Length) instructions.Add(decoder.Decode());
        return instructions;
    }

    /// <summary>From the target of the first backward branch to the branch.</summary>
    static List<Instruction> InnerLoop(List<Instruction> code)
    {
        var end = code.FindIndex(instruction => instruction.FlowControl == FlowControl.ConditionalBranch);
        var start = code.FindIndex(instruction => instruction.IP == code[end].NearBranchTarget);
        return code[start..end];
    }

    static string Text(byte[] code)
    {
        var formatter = new IntelFormatter();
        var output = new StringOutput();
        return string.Concat(Disassemble(code).Select(instruction =>
        {
            formatter.Format(instruction, output);
            return $"{instruction.IP:x4}  {output.ToStringAndReset()}\n";
        }));
    }
}
