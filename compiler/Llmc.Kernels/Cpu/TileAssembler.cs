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
        var code = new Assembler(64) { PreferVex = false };
        var format = TileFormat.Of(spec, code);
        ClearAccumulators(code, spec);
        format.LoadConstants();
        EmitGroups(code, spec, format);
        StoreTile(code, spec);
        code.vzeroupper();
        code.ret();
        return code.Encode();
    }

    static void ClearAccumulators(Assembler code, MicroKernelSpec spec)
    {
        for (var i = 0; i < spec.Rows * spec.Panels; i++) code.vpxord(Zmm(i), Zmm(i), Zmm(i));
    }

    /// <summary>All groups of k: a loop up to a prefetch distance before the end, one from there on, and the rest of the last trip.</summary>
    static void EmitGroups(Assembler code, MicroKernelSpec spec, TileFormat format)
    {
        var trips = format.Layout.Groups / Unroll;
        var tripBytes = Unroll * format.Layout.GroupBytes;
        var lastTrips = Math.Min(trips, TileFormat.PrefetchDistance / tripBytes);
        EmitLoop(code, spec, format, trips - lastTrips, nearEnd: false);
        EmitLoop(code, spec, format, lastTrips, nearEnd: true);
        for (var group = 0; group < format.Layout.Groups % Unroll; group++) EmitGroup(code, spec, format, group, nearEnd: true);
    }

    static void EmitLoop(Assembler code, MicroKernelSpec spec, TileFormat format, int trips, bool nearEnd)
    {
        if (trips == 0) return;
        var top = code.CreateLabel();
        code.mov(ecx, trips);
        AlignLoop(code);
        code.Label(ref top);
        for (var group = 0; group < Unroll; group++) EmitGroup(code, spec, format, group, nearEnd);
        code.add(rdi, Unroll * format.Layout.GroupBytes);
        code.add(rsi, Unroll * format.InputGroupBytes);
        code.dec(ecx);
        code.jne(top);
    }

    /// <summary>One group of k: prefetch, then each step's weights once and its input once a row.</summary>
    static void EmitGroup(Assembler code, MicroKernelSpec spec, TileFormat format, int group, bool nearEnd)
    {
        for (var panel = 0; panel < spec.Panels; panel++) format.Prefetch(panel, group, nearEnd);
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
            {
                var lane = row * MicroKernelSpec.TileStride + panel * PackedWeight.PanelWidth;
                code.vmovups(__[rdx + 4 * lane], Zmm(row * spec.Panels + panel));
            }
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
