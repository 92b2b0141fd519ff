using Iced.Intel;
using Llmc.Artifact;

namespace Llmc.Kernels.Cpu;

/// <summary>One file of an engine's <c>cpu/</c> folder and what lies where in it.</summary>
public sealed record CpuCodeFile(string Path, byte[] Bytes, IReadOnlyList<CodeManifest> Code);

/// <summary>The machine code of an engine: every tile that its kernels use, a file for each instruction set.</summary>
public static class CpuCode
{
    const int Alignment = 64;

    /// <summary>Assembles the tiles of all GEMMs and experts among <paramref name="kernels"/>, each once, and a peak loop a set.</summary>
    /// <remarks>The bytes depend on the specs alone and are in order of name.</remarks>
    public static IReadOnlyList<CpuCodeFile> Assemble(IEnumerable<KernelSpec> kernels) =>
    [
        .. kernels.SelectMany(Products).Distinct()
            .SelectMany(p => MicroKernelSpec.TilesOf(p.Weight, p.Input, p.Columns))
            .GroupBy(tile => tile.Set).OrderBy(group => group.Key)
            .Select(group => File(group.Key, group)),
    ];

    /// <summary>Formats and K of the products that a kernel is made of.</summary>
    static IEnumerable<(WeightFormat Weight, ActivationFormat Input, int Columns)> Products(KernelSpec kernel) => kernel switch
    {
        GemmSpec gemm => [(gemm.Format, gemm.Input, gemm.Columns)],
        ExpertsSpec experts =>
        [
            (experts.Format, experts.Input, experts.HiddenSize),
            (experts.Format, experts.Input, experts.Intermediate),
        ],
        _ => [],
    };

    static CpuCodeFile File(InstructionSet set, IEnumerable<MicroKernelSpec> tiles)
    {
        var name = set.ToString().ToLowerInvariant();
        var path = $"cpu/{name}.x64";
        using var bytes = new MemoryStream();
        var code = new List<CodeManifest>();
        void Add(string entry, byte[] machineCode)
        {
            code.Add(new(entry, name, path, (int)bytes.Length, machineCode.Length));
            bytes.Write(machineCode);
            bytes.SetLength((bytes.Length + Alignment - 1) / Alignment * Alignment);
            bytes.Position = bytes.Length;
        }
        Add(PeakLoop.Name(set), PeakAssembler.Assemble(set));
        foreach (var tile in tiles.OrderBy(tile => tile.Name, StringComparer.Ordinal)) Add(tile.Name, TileAssembler.Assemble(tile));
        return new(path, bytes.ToArray(), code);
    }

    /// <summary>The bytes of what was assembled so far, at address 0.</summary>
    internal static byte[] Encode(this Assembler code)
    {
        using var bytes = new MemoryStream();
        code.Assemble(new StreamCodeWriter(bytes), rip: 0);
        return bytes.ToArray();
    }
}
