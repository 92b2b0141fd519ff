namespace Llmc.Artifact;

/// <summary>How a matrix of weights w[N, K] lies in a rank's weights file for a GEMM on the CPU.</summary>
/// <remarks>
/// Output channels are grouped into panels of <see cref="PackedWeight.PanelWidth"/>; inside a panel, K runs outermost in
/// groups of <see cref="PackedWeight.Group"/> values, so that one 64-byte line holds a group for all 16 channels and a
/// product streams the panel front to back: <c>[N/16][K/g][16][g]</c>, zero-padded in N and K.
/// </remarks>
public enum WeightFormat
{
    /// <summary>float32, g = 1.</summary>
    F32,
    /// <summary>bfloat16, g = 2: the operand order of VDPBF16PS.</summary>
    BF16,
    /// <summary>E4M3 with one float32 scale per channel, g = 2 (widens exactly to the bfloat16 order).</summary>
    F8E4M3,
    /// <summary>Signed bytes with one float32 scale per channel, g = 4: the operand order of VPDPBUSD.</summary>
    I8,
}

/// <summary>How a GEMM's input rows are held while they are multiplied.</summary>
public enum ActivationFormat
{
    /// <summary>float32: exact products with any weight format that is not <see cref="WeightFormat.I8"/>.</summary>
    F32,
    /// <summary>Rounded to bfloat16 (nearest even).</summary>
    BF16,
    /// <summary>Quantized per row to [-127, 127] with scale max|x|/127; K up to 65,536, so that int32 sums are exact.</summary>
    I8,
}

/// <summary>Offsets inside one packed matrix: panels first, then scales, then the sums that int8 needs.</summary>
/// <param name="Format">Element layout.</param>
/// <param name="Rows">N, output channels.</param>
/// <param name="Columns">K, input channels.</param>
public readonly record struct PackedWeight(WeightFormat Format, int Rows, int Columns)
{
    /// <summary>Output channels per panel: the float32 lanes of a 512-bit register.</summary>
    public const int PanelWidth = 16;

    /// <summary>Alignment of a packed matrix in the weights file, in bytes.</summary>
    public const int Alignment = 64;

    /// <summary>
    /// Gate and up of a gated unit w[2, F, K] in panels that alternate, gate first, each of the two padded to whole panels:
    /// channel c of gate is packed row c / 16 · 32 + c % 16, that of up 16 further on.
    /// </summary>
    /// <param name="intermediate">F.</param>
    public static PackedWeight Gated(WeightFormat format, int intermediate, int columns) =>
        new(format, 2 * ((intermediate + PanelWidth - 1) / PanelWidth * PanelWidth), columns);

    /// <summary>Consecutive k that lie side by side for one channel.</summary>
    public int Group => Format switch { WeightFormat.F32 => 1, WeightFormat.I8 => 4, _ => 2 };

    /// <summary>Bytes of one element.</summary>
    public int ElementBytes => Format switch { WeightFormat.F32 => 4, WeightFormat.BF16 => 2, _ => 1 };

    /// <summary>Panels, the last one possibly padded with zero channels.</summary>
    public int Panels => (Rows + PanelWidth - 1) / PanelWidth;

    /// <summary>K rounded up to whole groups.</summary>
    public int PaddedColumns => Groups * Group;

    /// <summary>Groups of k in a panel.</summary>
    public int Groups => (Columns + Group - 1) / Group;

    /// <summary>Bytes of one group of k in a panel: a cache line, or half of one.</summary>
    public int GroupBytes => Group * ElementBytes * PanelWidth;

    /// <summary>Distance between panels in bytes, a multiple of <see cref="Alignment"/> except for one-byte formats with odd K, where it is rounded up.</summary>
    public long PanelBytes => ((long)Groups * GroupBytes + Alignment - 1) / Alignment * Alignment;

    /// <summary>Where float32 scale[Panels·16] begins; only for one-byte formats.</summary>
    public long ScalesOffset => Panels * PanelBytes;

    /// <summary>Where int32 sum[Panels·16] of each channel's bytes begins; only for <see cref="WeightFormat.I8"/>.</summary>
    public long SumsOffset => ScalesOffset + (long)Panels * PanelWidth * 4;

    /// <summary>Bytes of the whole matrix with scales and sums.</summary>
    public long Bytes => Format switch
    {
        WeightFormat.I8 => SumsOffset + (long)Panels * PanelWidth * 4,
        WeightFormat.F8E4M3 => SumsOffset,
        _ => ScalesOffset,
    };

    /// <summary>Byte offset of element (row, column) from the start of the matrix.</summary>
    public long OffsetOf(int row, int column) =>
        row / PanelWidth * PanelBytes
        + ((long)(column / Group) * PanelWidth * Group + row % PanelWidth * Group + column % Group) * ElementBytes;
}
