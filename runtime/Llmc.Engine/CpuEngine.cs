using Llmc.Artifact;
using Llmc.Cpu;
using Llmc.Engine.Folder;

namespace Llmc.Engine;

/// <summary>Loads an engine onto this machine's cores.</summary>
public static class CpuEngine
{
    /// <summary>Memory, threads and programs of every rank.</summary>
    /// <exception cref="LlmcException">LLMC0450 for instructions that the machine lacks, LLMC05xx for what does not fit.</exception>
    public static EngineCore Load(EngineFolder folder, EngineOptions? options = null, CpuOptions? cpu = null)
    {
        var manifest = folder.Manifest;
        var set = InstructionSets.Choose(cpu?.InstructionSet);
        var code = new CodeImage(manifest.Code, file => File.ReadAllBytes(folder.PathOf(file)), set);
        var exchange = new Exchange(manifest.Ranks, cpu?.ThreadsPerRank ?? 0);
        return new(manifest, LoadRanks(manifest, rank => Load(folder, rank, set, code, exchange)), options);
    }

    /// <summary>All ranks, or none: those that were loaded before one that fails are freed.</summary>
    static List<IRank> LoadRanks(Manifest manifest, Func<RankManifest, CpuRank> load)
    {
        var ranks = new List<IRank>();
        try
        {
            foreach (var rank in manifest.Ranks) ranks.Add(new Rank(load(rank), manifest.Model.VocabSize));
            return ranks;
        }
        catch
        {
            foreach (var rank in ranks) rank.Dispose();
            throw;
        }
    }

    static CpuRank Load(EngineFolder folder, RankManifest rank, InstructionSet set, CodeImage code, Exchange exchange) => new(
        rank, folder.Manifest.Limits, folder.PathOf(rank.WeightsFile), RankProgramLoader.Load(folder, rank), set, code, exchange);

    /// <summary>A CPU rank as the engine sees ranks.</summary>
    sealed class Rank(CpuRank rank, int vocabulary) : IRank
    {
        public void Run(in StepInput step) => rank.Run(step);

        public ReadOnlySpan<float> Logits(int row) => rank.Logits(row, vocabulary);

        public void Dispose() => rank.Dispose();
    }
}
