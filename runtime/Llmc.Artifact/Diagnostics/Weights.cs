namespace Llmc.Artifact;

// LLMC01xx: weights files.
public static partial class Diagnostics
{
    /// <summary>Arguments: folder.</summary>
    public static Diagnostic WeightsMissing { get; } = new("LLMC0101",
        "{0}: holds neither model.safetensors nor model.safetensors.index.json.",
        "Name the folder that config.json and the .safetensors files stand in.");

    /// <summary>Arguments: file.</summary>
    public static Diagnostic PickleRefused { get; } = new("LLMC0102",
        "{0}: is a pickle, and reading a pickle runs whatever code its author put into it; llmc reads safetensors only.",
        "Most publishers offer the same weights as .safetensors; otherwise convert them where you trust the file.");

    /// <summary>Arguments: file, tensor, expected shape, found shape.</summary>
    public static Diagnostic TensorShape { get; } = new("LLMC0103",
        "{0}: tensor '{1}' should be {2} but is {3}.",
        "config.json and the weights disagree; are both from the same checkpoint?");

    /// <summary>Arguments: folder, names the model needs, names nothing uses.</summary>
    public static Diagnostic TensorsMissing { get; } = new("LLMC0104",
        "{0}: the model needs tensors that the checkpoint lacks: {1}. Tensors that nothing uses: {2}.",
        "A renamed tensor stands in both lists.");

    /// <summary>Arguments: folder, names nothing uses, names the model needs.</summary>
    public static Diagnostic TensorsLeftOver { get; } = new("LLMC0105",
        "{0}: the checkpoint has tensors that nothing uses: {1}. Tensors that the model needs and lacks: {2}.",
        "Weights that are silently ignored give wrong answers, so llmc stops here.");

    /// <summary>Arguments: file.</summary>
    public static Diagnostic GgufRefused { get; } = new("LLMC0106",
        "{0}: is a GGUF file; llmc reads Hugging Face checkpoints (config.json and .safetensors).",
        "GGUF files are made from such a checkpoint: give llmc the original.");

    /// <summary>Arguments: file, bytes by the header, bytes found.</summary>
    public static Diagnostic WeightsLength { get; } = new("LLMC0107",
        "{0}: should be {1} bytes long by its header but is {2}.",
        "A shorter file is a download that was cut off; fetch it again.");

    /// <summary>Arguments: file, header bytes claimed, largest allowed.</summary>
    public static Diagnostic HeaderLength { get; } = new("LLMC0108",
        "{0}: claims a header of {1} bytes; from 2 to {2} are possible in this file.",
        "The file is damaged, or is not a safetensors file.");

    /// <summary>Arguments: file, what is wrong.</summary>
    public static Diagnostic HeaderContent { get; } = new("LLMC0109",
        "{0}: the safetensors header is malformed: {1}.",
        "The file is damaged, or was written by a faulty tool.");

    /// <summary>Arguments: file, tensor, the other place that has it.</summary>
    public static Diagnostic TensorDuplicate { get; } = new("LLMC0110",
        "{0}: tensor '{1}' stands in {2} too.",
        "Each tensor must have one place; remove stale shards from the folder.");

    /// <summary>Arguments: file, tensor, dtype found, dtypes known.</summary>
    public static Diagnostic TensorDType { get; } = new("LLMC0111",
        "{0}: tensor '{1}' has dtype '{2}'; known are {3}.");

    /// <summary>Arguments: file, tensor, dtype, shape, bytes expected, bytes found.</summary>
    public static Diagnostic TensorSize { get; } = new("LLMC0112",
        "{0}: tensor '{1}' is {2} {3}, which takes {4} bytes, but its offsets span {5}.");

    /// <summary>Arguments: file, tensor, begin, end.</summary>
    public static Diagnostic TensorOffsets { get; } = new("LLMC0113",
        "{0}: tensor '{1}' ends before it begins: its offsets are [{2}, {3}].");

    /// <summary>Arguments: file, tensor, its begin, the other tensor, the other's end.</summary>
    public static Diagnostic TensorOverlap { get; } = new("LLMC0114",
        "{0}: tensor '{1}' begins at {2}, inside tensor '{3}', which ends at {4}.");

    /// <summary>Arguments: file, first byte of the gap, first byte after it.</summary>
    public static Diagnostic WeightsGap { get; } = new("LLMC0115",
        "{0}: no tensor covers bytes {1} to {2} of the data; safetensors allows no gaps.");

    /// <summary>Arguments: index file, tensor, shard name found.</summary>
    public static Diagnostic ShardName { get; } = new("LLMC0116",
        "{0}: tensor '{1}' is said to stand in '{2}'; a shard is a .safetensors file of the same folder, named without a path.");

    /// <summary>Arguments: index file, shard, how many tensors it should hold.</summary>
    public static Diagnostic ShardMissing { get; } = new("LLMC0117",
        "{0}: shard {1} is not in the folder; it should hold {2} tensors.",
        "Fetch the missing file; every shard must be complete before a build.");

    /// <summary>Arguments: index file, tensor, shard.</summary>
    public static Diagnostic ShardTensorMissing { get; } = new("LLMC0118",
        "{0}: tensor '{1}' should stand in {2} but does not.",
        "The index and the shards are from different checkpoints.");

    /// <summary>Arguments: index file, what is wrong.</summary>
    public static Diagnostic IndexContent { get; } = new("LLMC0119",
        "{0}: should be a JSON object with a \"weight_map\" from tensor to shard: {1}.");

    /// <summary>Arguments: path, the system's reason.</summary>
    public static Diagnostic CheckpointUnreadable { get; } = new("LLMC0120",
        "{0}: cannot be read: {1}");

    /// <summary>Arguments: file, tensor, type found.</summary>
    public static Diagnostic TensorTypeNotWeight { get; } = new("LLMC0130",
        "{0}: tensor '{1}' is {2}; weights are read as bf16, f16 or f32.",
        "A quantized checkpoint says so in config.json: 'quantization_config'.");

    /// <summary>Arguments: file, tensor, its type, another tensor of the same weight, that one's type.</summary>
    public static Diagnostic TensorTypesDiffer { get; } = new("LLMC0131",
        "{0}: tensor '{1}' is {2}, but '{3}', which is stacked with it, is {4}.");

    /// <summary>Arguments: file, tensor, the tensor that it should equal.</summary>
    public static Diagnostic TiedTensorsDiffer { get; } = new("LLMC0132",
        "{0}: tensor '{1}' differs from '{2}', but config.json ties them ('tie_word_embeddings': true).",
        "Set it to false if the model was trained with two matrices.");

    static IReadOnlyList<Diagnostic> Weights =>
    [
        WeightsMissing, PickleRefused, TensorShape, TensorsMissing, TensorsLeftOver, GgufRefused, WeightsLength, HeaderLength,
        HeaderContent, TensorDuplicate, TensorDType, TensorSize, TensorOffsets, TensorOverlap, WeightsGap, ShardName,
        ShardMissing, ShardTensorMissing, IndexContent, CheckpointUnreadable, TensorTypeNotWeight,
        TensorTypesDiffer, TiedTensorsDiffer,
    ];
}
