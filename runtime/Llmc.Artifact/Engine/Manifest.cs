using System.Text.Json;
using System.Text.Json.Serialization;

namespace Llmc.Artifact;

/// <summary>
/// <c>engine.json</c>: all that a runtime must know before it loads anything. Lists grow; readers refuse other format versions.
/// </summary>
public sealed record Manifest
{
    /// <summary>The format that this code writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>File name inside the engine folder.</summary>
    public const string FileName = "engine.json";

    public required int FormatVersion { get; init; }
    /// <summary>Name and version of the compiler.</summary>
    public required string Producer { get; init; }
    /// <summary>What the engine runs on: <c>cpu</c>.</summary>
    public required string Target { get; init; }
    public required ModelManifest Model { get; init; }
    public required PlanManifest Plan { get; init; }
    public required NumbersManifest Numbers { get; init; }
    public required Limits Limits { get; init; }
    public required IReadOnlyList<RankManifest> Ranks { get; init; }
    /// <summary>Machine code for CPU kernels.</summary>
    public required IReadOnlyList<CodeManifest> Code { get; init; }
    /// <summary>Sampling defaults, from generation_config.json; null where the file is silent.</summary>
    public required GenerationDefaults Generation { get; init; }
    /// <summary>Every other file of the folder.</summary>
    public required IReadOnlyList<FileManifest> Files { get; init; }

    /// <summary>Indented JSON, LF line ends, the same bytes for equal manifests.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ManifestJson.Default.Manifest) + "\n";
}

/// <summary>The model as its users know it.</summary>
/// <param name="Architecture">First entry of the checkpoint's <c>architectures</c>.</param>
public sealed record ModelManifest(
    string Name, string Architecture, int NumLayers, int HiddenSize, int VocabSize, long Parameters, int MaxPositions, int? BosTokenId,
    IReadOnlyList<int> EosTokenIds);

/// <summary>How the model is divided among ranks.</summary>
/// <param name="World">Ranks.</param>
/// <param name="Tp">Ranks that share attention and dense layers.</param>
/// <param name="Ep">Groups that experts are divided among.</param>
public sealed record PlanManifest(int World, int Tp, int Ep);

/// <summary>Element types.</summary>
/// <param name="Weights">Of matrices; vectors stay float32.</param>
/// <param name="Activations">Of a GEMM's inputs.</param>
/// <param name="KvCache">Of keys and values.</param>
public sealed record NumbersManifest(string Weights, string Activations, string KvCache);

/// <summary>Capacities that the engine's memory was computed for.</summary>
/// <param name="MaxSequences">B: sequences in a step.</param>
/// <param name="MaxTokens">T: tokens in a step.</param>
/// <param name="MaxSequenceLength">Prompt and answer of one sequence, in tokens.</param>
/// <param name="BlockSize">Tokens in a KV block.</param>
/// <param name="Blocks">KV blocks of each rank.</param>
/// <param name="MaxLogitsRows">Rows of logits in a step.</param>
public sealed record Limits(int MaxSequences, int MaxTokens, int MaxSequenceLength, int BlockSize, int Blocks, int MaxLogitsRows)
{
    /// <summary>Columns of the block tables.</summary>
    [JsonIgnore] public int BlocksPerSequence => (MaxSequenceLength + BlockSize - 1) / BlockSize;

    /// <summary>Bytes of all arrays of <see cref="StepInput"/> together.</summary>
    [JsonIgnore]
    public long StepInputBytes => StepInputLayout.Of(this).Bytes;
}

/// <summary>One rank's artefacts, kernels and memory.</summary>
public sealed record RankManifest
{
    public required int Rank { get; init; }
    /// <summary>Ranks in this rank's tp group, ascending; collectives over tp are among these.</summary>
    public required IReadOnlyList<int> TpGroup { get; init; }
    /// <summary>Assembly file that holds <see cref="ProgramType"/>, an <see cref="IRankProgram"/>.</summary>
    public required string ProgramFile { get; init; }
    public required string ProgramType { get; init; }
    public required string WeightsFile { get; init; }
    public required MemoryManifest Memory { get; init; }
    public required KvManifest Kv { get; init; }
    /// <summary>Where logits f32[rows, V] stand in the arena after a step.</summary>
    public required long LogitsOffset { get; init; }
    /// <summary>What <see cref="ILauncher.Launch"/> counts in.</summary>
    public required IReadOnlyList<KernelSpec> Kernels { get; init; }
    /// <summary>Kernel of each launch of a step, in order.</summary>
    public required IReadOnlyList<int> Launches { get; init; }
    /// <summary>What the weights file holds.</summary>
    public required IReadOnlyList<TensorManifest> Tensors { get; init; }
}

/// <summary>A piece of a weights file.</summary>
/// <param name="Name">Modules of the checkpoint that it was made from.</param>
/// <param name="Layout">Element format and shape: <c>bf16[512, 256]</c>.</param>
public sealed record TensorManifest(string Name, string Layout, long Offset, long Bytes);

/// <summary>A rank's memory in bytes, to the byte.</summary>
/// <param name="StepInputs">Arrays of <see cref="StepInput"/>.</param>
public sealed record MemoryManifest(long Weights, long KvCache, long Arena, long StepInputs)
{
    /// <summary>All of it.</summary>
    public long Total => Weights + KvCache + Arena + StepInputs;
}

/// <summary>The paged cache of a rank.</summary>
/// <param name="BlockBytes">One block, all layers.</param>
public sealed record KvManifest(long BlockBytes, DType Type);

/// <summary>One piece of position-independent machine code inside a file of <c>cpu/</c>.</summary>
/// <param name="Name">Micro-kernel name; what it computes follows from it.</param>
/// <param name="InstructionSet">CPU features it needs: <c>avx512bf16</c>, <c>avx512vnni</c>, <c>avx2</c>.</param>
public sealed record CodeManifest(string Name, string InstructionSet, string File, int Offset, int Length);

/// <summary>Sampling parameters a checkpoint recommends.</summary>
public sealed record GenerationDefaults(
    bool? DoSample = null, float? Temperature = null, float? TopP = null, int? TopK = null, float? MinP = null,
    float? RepetitionPenalty = null, int? MaxNewTokens = null);

/// <summary>A file's size and SHA-256, lower-case hexadecimal.</summary>
public sealed record FileManifest(string Path, long Bytes, string Sha256);

/// <summary>Source-generated JSON: no reflection, snake case.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Manifest))]
public sealed partial class ManifestJson : JsonSerializerContext;
