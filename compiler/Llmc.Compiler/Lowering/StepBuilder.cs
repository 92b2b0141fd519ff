using Llmc.Artifact;
using Llmc.Graph;

namespace Llmc.Compiler;

/// <summary>Collects the launches, buffers and weight items of a step; equal specs, items and cache layers are entered once.</summary>
/// <param name="limits">Capacities that buffers are sized for.</param>
sealed class StepBuilder(Limits limits)
{
    readonly List<KernelSpec> _kernels = [];
    readonly List<Launch> _launches = [];
    readonly List<ArenaBuffer> _buffers = [];
    readonly List<WeightItem> _items = [];
    readonly Dictionary<string, int> _itemByContent = [];
    readonly List<KvLayer> _layers = [];
    readonly Dictionary<int, int> _cacheOfLayer = [];

    /// <summary>Capacities that buffers are sized for.</summary>
    public Limits Limits => limits;

    /// <summary>A buffer of rows.</summary>
    public BufferOperand Rows(string name, RowKind rows, int columns, DType type = DType.F32) =>
        Bytes(name, type, (rows == RowKind.Tokens ? limits.MaxTokens : (long)limits.MaxLogitsRows) * columns * 4);

    /// <summary>Scratch.</summary>
    public BufferOperand Scratch(long bytes) => Bytes("scratch", DType.U8, bytes);

    BufferOperand Bytes(string name, DType type, long bytes)
    {
        _buffers.Add(new($"{name}{_buffers.Count}", type, bytes));
        return new(_buffers.Count - 1);
    }

    /// <summary>A packed matrix, or a stack of them.</summary>
    public WeightOperand Packed(string name, PackedWeight layout, params IReadOnlyList<IReadOnlyList<RowRun>> matrices) =>
        Item($"{layout}:{string.Join('|', matrices.Select(ContentOf))}", new PackedItem(name, layout, matrices));

    /// <summary>A float32 vector, padded to whole panels.</summary>
    public WeightOperand Vector(string name, params IReadOnlyList<RowRun> runs)
    {
        var count = runs.Sum(run => run.Count);
        var padding = (PackedWeight.PanelWidth - count % PackedWeight.PanelWidth) % PackedWeight.PanelWidth;
        if (padding > 0) runs = [.. runs, RowRun.Zeros(padding)];
        return Item($"f32:{ContentOf(runs)}", new VectorItem(name, runs));
    }

    WeightOperand Item(string content, WeightItem item)
    {
        if (!_itemByContent.TryGetValue(content, out var index))
        {
            _itemByContent[content] = index = _items.Count;
            _items.Add(item);
        }
        return new(index);
    }

    static string ContentOf(IReadOnlyList<RowRun> runs) => string.Join(';', runs.Select(r => $"{r.Slice}@{r.Expert}:{r.First}+{r.Count}"));

    /// <summary>The cache of a layer.</summary>
    public KvOperand Cache(int layer, long bytesPerBlock)
    {
        if (!_cacheOfLayer.TryGetValue(layer, out var index))
        {
            _cacheOfLayer[layer] = index = _layers.Count;
            _layers.Add(new(bytesPerBlock));
        }
        return new(index);
    }

    /// <summary>Appends a launch.</summary>
    public void Launch(KernelSpec spec, Node node, params IReadOnlyList<Argument> arguments) => Launch(spec, node.Scope, node.Layer, arguments);

    /// <summary>Appends a launch.</summary>
    public void Launch(KernelSpec spec, string scope, int? layer, params IReadOnlyList<Argument> arguments)
    {
        var kernel = _kernels.IndexOf(spec);
        if (kernel < 0)
        {
            kernel = _kernels.Count;
            _kernels.Add(spec);
        }
        _launches.Add(new(kernel, arguments, scope, layer));
    }

    /// <summary>The finished step.</summary>
    public StepProgram Build(RankGraph graph, BufferOperand logits) =>
        new(graph.Name, graph.Plan, graph.Rank, _kernels, _launches, _buffers, _items, _layers, logits.Buffer);
}
