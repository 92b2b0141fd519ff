using Llmc.Artifact;

namespace Llmc.CommandLine;

/// <summary>Byte counts for people, in binary units.</summary>
static class Sizes
{
    /// <summary><c>1.5 GiB</c>.</summary>
    public static string Text(long bytes) => bytes switch
    {
        < 1 << 10 => $"{bytes} B",
        < 1 << 20 => $"{bytes / 1024.0:0.#} KiB",
        < 1 << 30 => $"{bytes / 1048576.0:0.#} MiB",
        _ => $"{bytes / 1073741824.0:0.##} GiB",
    };

    /// <summary>The greatest rank's memory, by use.</summary>
    public static string Memory(IReadOnlyList<MemoryManifest> ranks)
    {
        var most = ranks.MaxBy(r => r.Total)!;
        return $"memory per rank: {Text(most.Total)} = weights {Text(most.Weights)} + KV cache {Text(most.KvCache)} + arena {Text(most.Arena)} + step inputs {Text(most.StepInputs)}";
    }
}
