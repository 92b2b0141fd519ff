using Llmc.Artifact;

namespace Llmc.Graph;

/// <summary>Choice of each token's experts.</summary>
static class Routing
{
    /// <summary>Experts [T, k], ascending by id, and their weights [T, k]. Of equal scores the lower id is chosen.</summary>
    public static Matrix[] Route(Matrix logits, RouteOp op, float[]? selectionBias)
    {
        var (experts, shares) = (new Matrix(logits.Rows, op.Selected), new Matrix(logits.Rows, op.Selected));
        for (var row = 0; row < logits.Rows; row++)
        {
            var scores = Scores(logits[row], op.Score);
            float[] ranking = [.. scores.Select((score, expert) => score + (selectionBias?[expert] ?? 0f))];
            int[] chosen = [.. Best(ranking, Candidates(ranking, op), op.Selected).Order()];
            float[] weights = [.. chosen.Select(expert => scores[expert])];
            if (op.Score == RouterScore.SoftmaxOfSelected) weights = Softmax(weights);
            var sum = op.Normalize ? weights.Sum() + 1e-20f : 1f;
            for (var i = 0; i < chosen.Length; i++) (experts[row][i], shares[row][i]) = (chosen[i], weights[i] / sum * op.Scaling);
        }
        return [experts, shares];
    }

    static float[] Scores(ReadOnlySpan<float> logits, RouterScore score) => score switch
    {
        RouterScore.Softmax => Softmax(logits),
        RouterScore.Sigmoid => [.. logits.ToArray().Select(x => 1f / (1f + MathF.Exp(-x)))],
        _ => logits.ToArray(),
    };

    /// <summary>The experts of the best groups; a group's rank is the sum of its best <see cref="RouteOp.GroupTop"/> experts'.</summary>
    static IEnumerable<int> Candidates(float[] ranking, RouteOp op)
    {
        var size = ranking.Length / op.Groups;
        float[] groups = [.. ranking.Chunk(size).Select(group => group.OrderDescending().Take(op.GroupTop).Sum())];
        return Best(groups, Enumerable.Range(0, op.Groups), op.SelectedGroups).Order().SelectMany(g => Enumerable.Range(g * size, size));
    }

    static IEnumerable<int> Best(float[] ranking, IEnumerable<int> among, int count) => among.OrderByDescending(i => ranking[i]).Take(count);

    static float[] Softmax(ReadOnlySpan<float> logits)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits) largest = MathF.Max(largest, logit);
        float[] exponentials = [.. logits.ToArray().Select(x => MathF.Exp(x - largest))];
        var sum = exponentials.Sum();
        return [.. exponentials.Select(x => x / sum)];
    }
}
