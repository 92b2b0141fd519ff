using System.Runtime.InteropServices;
using Llmc.Artifact;

namespace Llmc.Kernels.Cpu;

/// <summary>Sixteen rows side by side: line g of a panel holds group g of every row.</summary>
static class PanelInterleaving
{
    /// <summary>Lines written for one row before the next row's turn: 8 KiB, which the first-level cache keeps.</summary>
    const int BlockLines = 128;

    /// <summary>rows[16][K] → panel[K/g][16][g]; rows hold elements of the packed format, padded to whole groups.</summary>
    public static void Interleave(ReadOnlySpan<byte> rows, Span<byte> panel, PackedWeight weight)
    {
        if (weight.Group * weight.ElementBytes == 4) Interleave<uint>(rows, panel, weight.Groups);
        else Interleave<ushort>(rows, panel, weight.Groups);
    }

    static void Interleave<TGroup>(ReadOnlySpan<byte> rows, Span<byte> panel, int groups) where TGroup : unmanaged
    {
        var source = MemoryMarshal.Cast<byte, TGroup>(rows);
        var target = MemoryMarshal.Cast<byte, TGroup>(panel);
        for (var first = 0; first < groups; first += BlockLines)
        {
            var count = Math.Min(BlockLines, groups - first);
            for (var channel = 0; channel < PackedWeight.PanelWidth; channel++)
                Spread(source.Slice(channel * groups + first, count), target[(first * PackedWeight.PanelWidth + channel)..]);
        }
    }

    static void Spread<TGroup>(ReadOnlySpan<TGroup> row, Span<TGroup> lines) where TGroup : unmanaged
    {
        for (var group = 0; group < row.Length; group++) lines[group * PackedWeight.PanelWidth] = row[group];
    }
}
