namespace Llmc.Cpu;

/// <summary>What one thread needs between kernels' inputs and outputs; cut out of one allocation, each part on a cache line.</summary>
sealed unsafe class AttentionScratch
{
    /// <summary>Rows of an item that are scaled and packed: f32[rows / 4, D, 4].</summary>
    public float* Queries { get; }

    /// <summary>f32[D, 64].</summary>
    public float* Keys { get; }

    /// <summary>f32[64, stride]; the padding stays zero.</summary>
    public float* Values { get; }

    /// <summary>f32[4, 64]: scores, then softmax numerators, of a block of rows.</summary>
    public float* Scores { get; }

    /// <summary>f32[4]: what a block of rows multiplies its sums with before it adds a tile.</summary>
    public float* Factors { get; }

    /// <summary>The span that is being reduced.</summary>
    public SoftmaxRows Span { get; }

    /// <summary>Spans of the current item, combined up to now.</summary>
    public SoftmaxRows Total { get; }

    /// <summary>The item in <see cref="Total"/> when other threads hold the rest of its spans.</summary>
    public AttentionItem? Open { get; set; }

    /// <summary>Spans in <see cref="PartOf"/>: those of an item that another thread began.</summary>
    public int Parts { get; set; }

    /// <summary>Runs of the current tile: a block each, at most one a key.</summary>
    public TileRun[] Runs { get; } = new TileRun[AttentionItem.TileKeys];

    /// <summary>Floats between rows of values and of sums: D rounded up to whole registers.</summary>
    public int Stride { get; }

    const int RowBlock = TileProducts<Lanes128, F32Element>.RowBlock;

    readonly float* _parts;
    readonly int _rows;

    public AttentionScratch(byte* memory, int rows, int dim, int stride)
    {
        (_rows, Stride) = (rows, stride);
        var at = (float*)memory;
        Queries = Take(ref at, rows * dim);
        Keys = Take(ref at, dim * AttentionItem.TileKeys);
        Values = Take(ref at, stride * AttentionItem.TileKeys);
        Scores = Take(ref at, RowBlock * AttentionItem.TileKeys);
        Factors = Take(ref at, RowBlock);
        Span = new(Take(ref at, SoftmaxRows.Floats(rows, stride)), rows, stride);
        Total = new(Take(ref at, SoftmaxRows.Floats(rows, stride)), rows, stride);
        _parts = at;
    }

    /// <summary>Sums of a span of the item that another thread began, in ascending order from 0.</summary>
    public SoftmaxRows PartOf(int index) => new(_parts + (long)index * SoftmaxRows.Floats(_rows, Stride), _rows, Stride);

    /// <summary>Bytes of memory for a thread whose sequences have up to <paramref name="spans"/> spans.</summary>
    public static long Bytes(int rows, int dim, int stride, int spans) =>
        4L * (rows * dim + (dim + stride + 2 * RowBlock) * AttentionItem.TileKeys + (2L + spans) * SoftmaxRows.Floats(rows, stride));

    static float* Take(ref float* at, int floats)
    {
        var start = at;
        at += (floats + 15) / 16 * 16;
        return start;
    }
}
