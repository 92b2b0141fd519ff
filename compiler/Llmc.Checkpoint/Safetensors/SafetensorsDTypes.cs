using System.Collections.Frozen;
using Llmc.Artifact;

namespace Llmc.Checkpoints;

/// <summary>The format's spellings of <see cref="DType"/>.</summary>
static class SafetensorsDTypes
{
    static readonly FrozenDictionary<string, DType> BySpelling =
        Enum.GetValues<DType>().ToFrozenDictionary(type => type.SafetensorsText(), StringComparer.Ordinal);

    /// <summary>Every spelling, for messages.</summary>
    internal static string Known => string.Join(", ", Enum.GetValues<DType>().Select(SafetensorsText));

    internal static bool TryParse(string spelling, out DType type) => BySpelling.TryGetValue(spelling, out type);

    internal static string SafetensorsText(this DType type) => type switch
    {
        DType.F8E4M3 => "F8_E4M3",
        DType.F8E5M2 => "F8_E5M2",
        DType.F8E8M0 => "F8_E8M0",
        DType.F4E2M1 => "F4",
        _ => type.ToString().ToUpperInvariant(),
    };
}
