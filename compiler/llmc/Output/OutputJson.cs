using System.Text.Json;
using System.Text.Json.Serialization;
using Llmc.Artifact;
using Llmc.Compiler;
using Llmc.Cpu;

namespace Llmc.CommandLine;

/// <summary>What <c>llmc build --json</c> prints.</summary>
sealed record BuildResult(string Engine, string Architecture, int Ranks, long Bytes, IReadOnlyList<MemoryManifest> Memory, double Seconds);

/// <summary>What <c>llmc eval --json</c> prints.</summary>
/// <param name="Scored">Ids whose likelihood counts.</param>
sealed record EvalResult(double Perplexity, int Ids, int Scored);

/// <summary>What <c>llmc run --json</c> prints.</summary>
sealed record RunResult(string Text, string FinishReason, int PromptTokens, int CompletionTokens, double FirstTokenSeconds, double TokensPerSecond);

/// <summary>Shapes of machine-readable output.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(BuildResult))]
[JsonSerializable(typeof(EvalResult))]
[JsonSerializable(typeof(List<KernelTiming>))]
[JsonSerializable(typeof(List<StepFigure>))]
[JsonSerializable(typeof(CheckpointInspection))]
[JsonSerializable(typeof(RunResult))]
sealed partial class OutputJson : JsonSerializerContext;
