using Iced.Intel;
using Llmc.Artifact;
using static Iced.Intel.AssemblerRegisters;

namespace Llmc.Kernels.Cpu;

/// <summary>
/// Writes the machine code of one <see cref="MicroKernelSpec"/>: accumulators in registers, K streamed once, the tile stored at
/// the end. Position independent, no calls, no stack, no data: constants are built in registers.
/// </summary>
/// <remarks>
/// rdi walks the panels, rsi the rows, rdx is the tile, ecx counts. From zmm0 upwards: an accumulator for each row and panel,
/// the weights of each panel, what the <see cref="TileFormat"/> needs; zmm31 is the broadcast input.
/// </remarks>
static class TileAssembler
{
    const int Unroll = 4;

    /// <summary>The code of a tile.</summary>
    public static byte[] Assemble(MicroKernelSpec spec)
    {
        var code = new Assembler(64);
        var format = TileFormat.Of(spec, code);
        ClearAccumulators(code, spec);
        format.LoadConstants();
        EmitLoop(code, spec, format);
        StoreTile(code, spec);
        code.vzeroupper();
        code.ret();
        return code.Encode();
    }

    static void ClearAccumulators(Assembler code, MicroKernelSpec spec)
    {
        for (var i = 0; i < spec.Rows * spec.Panels; i++) code.vpxord(Zmm(i), Zmm(i), Zmm(i));
    }

    static void EmitLoop(Assembler code, MicroKernelSpec spec, TileFormat format)
    {
        var groups = format.Layout.Groups;
        var trips = groups / Unroll;
        if (trips > 0)
        {
            var top = code.CreateLabel();
            code.mov(ecx, trips);
            AlignLoop(code);
            code.Label(ref top);
            for (var group = 0; group < Unroll; group++) EmitGroup(code, spec, format, group);
            code.add(rdi, Unroll * format.Layout.GroupBytes);
            code.add(rsi, Unroll * format.InputGroupBytes);
            code.dec(ecx);
            code.jne(top);
        }
        for (var group = 0; group < groups % Unroll; group++) EmitGroup(code, spec, format, group);
    }

    /// <summary>One group of k: prefetch, then each step's weights once and its input once a row.</summary>
    static void EmitGroup(Assembler code, MicroKernelSpec spec, TileFormat format, int group)
    {
        for (var panel = 0; panel < spec.Panels; panel++) format.Prefetch(panel, group);
        for (var step = 0; step < format.Steps; step++)
        {
            for (var panel = 0; panel < spec.Panels; panel++) format.LoadWeights(Weights(spec, panel), panel, group, step);
            for (var row = 0; row < spec.Rows; row++)
            {
                format.BroadcastInput(zmm31, row, group, step);
                for (var panel = 0; panel < spec.Panels; panel++)
                    format.MultiplyAdd(Zmm(row * spec.Panels + panel), zmm31, Weights(spec, panel));
            }
        }
    }

    static void StoreTile(Assembler code, MicroKernelSpec spec)
    {
        for (var row = 0; row < spec.Rows; row++)
            for (var panel = 0; panel < spec.Panels; panel++)
                code.vmovups(__[rdx + 4 * (row * MicroKernelSpec.TileStride + panel * PackedWeight.PanelWidth)], Zmm(row * spec.Panels + panel));
    }

    /// <summary>The loop starts on a cache line, so that the micro-op cache holds it in the fewest entries.</summary>
    static void AlignLoop(Assembler code)
    {
        var length = code.Encode().Length;
        code.nop((64 - length % 64) % 64);
    }

    static AssemblerRegisterZMM Weights(MicroKernelSpec spec, int panel) => Zmm(spec.Rows * spec.Panels + panel);

    static AssemblerRegisterZMM Zmm(int index) => new(Register.ZMM0 + index);
}
