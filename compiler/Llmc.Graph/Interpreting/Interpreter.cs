namespace Llmc.Graph;

/// <summary>
/// The slow twin: runs a graph as it stands, in plain loops, on whole sequences at once (no cache, no batching tricks).
/// Values are float32, sums of products are accumulated in double and rounded once.
/// </summary>
public static class Interpreter
{
    /// <summary>Logits f32[Tᵢ, V] at every position of each sequence of token ids.</summary>
    public static IReadOnlyList<float[]> Run(ModelGraph graph, IWeightReader weights, IReadOnlyList<IReadOnlyList<int>> sequences) =>
        Run([new RankGraph(graph.Name, new Plan(), 0, graph.Ids, graph.Positions, graph.Nodes, graph.Logits)], weights, sequences);

    /// <summary>As above, all ranks in lock step: a line runs on every rank before the next one does. Logits are rank 0's.</summary>
    public static IReadOnlyList<float[]> Run(
        IReadOnlyList<RankGraph> ranks, IWeightReader weights, IReadOnlyList<IReadOnlyList<int>> sequences)
    {
        var batch = new Batch(sequences);
        var evaluations = ranks.Select(rank => new Evaluation(rank, weights, batch)).ToList();
        for (var line = 0; line < ranks[0].Nodes.Count; line++)
        {
            foreach (var rank in evaluations) RequireSameOperation(ranks[0], rank.Graph, line);
            foreach (var rank in evaluations) rank.Run(rank.Graph.Nodes[line], evaluations);
        }
        return batch.Split(evaluations[0].Logits);
    }

    /// <summary>The id with the largest of the last position's logits, the first of equals.</summary>
    public static int Greedy(float[] logits, int vocabSize)
    {
        var last = logits.AsSpan(logits.Length - vocabSize);
        var best = 0;
        for (var id = 1; id < vocabSize; id++)
            if (last[id] > last[best]) best = id;
        return best;
    }

    static void RequireSameOperation(RankGraph first, RankGraph other, int line)
    {
        if (other.Nodes.Count != first.Nodes.Count || other.Nodes[line].Op.GetType() != first.Nodes[line].Op.GetType())
            throw new GraphException($"ranks {first.Rank} and {other.Rank} of {first.Name} part ways at line {line}: {GraphText.Line(first.Nodes[line])}");
    }
}
