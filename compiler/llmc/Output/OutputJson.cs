using System.Text.Json;
using System.Text.Json.Serialization;
using Llmc.Artifact;

namespace Llmc.CommandLine;

/// <summary>What <c>llmc build --json</c> prints.</summary>
sealed record BuildResult(string Engine, string Architecture, int Ranks, long Bytes, IReadOnlyList<MemoryManifest> Memory, double Seconds);

/// <summary>Shapes of machine-readable output.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(BuildResult))]
sealed partial class OutputJson : JsonSerializerContext;
