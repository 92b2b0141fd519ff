using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>Chooses each token's experts; threads share the tokens. Of equal scores the lower id wins, as with torch.topk on the CPU.</summary>
sealed unsafe class RouteKernel(RouteSpec spec) : CpuKernel
{
    public override void Execute(void* parameters, Team team)
    {
        var p = (RouteParameters*)parameters;
        var (start, end) = team.Share(p->Tokens);
        Span<float> scores = stackalloc float[spec.Experts];
        Span<float> choice = stackalloc float[spec.Experts];
        for (var token = start; token < end; token++)
        {
            Score(new(p->Logits + (long)token * spec.Experts, spec.Experts), scores);
            scores.CopyTo(choice);
            for (var i = 0; spec.SelectionBias && i < choice.Length; i++) choice[i] += p->SelectionBias[i];
            if (spec.Groups > 1) KeepBestGroups(choice);
            var experts = new Span<int>(p->Experts + (long)token * spec.Selected, spec.Selected);
            SelectBest(choice, experts);
            Weigh(scores, experts, new(p->Weights + (long)token * spec.Selected, spec.Selected));
        }
    }

    void Score(ReadOnlySpan<float> logits, Span<float> scores)
    {
        logits.CopyTo(scores);
        if (spec.Score == RouterScore.Softmax) Softmax(scores);
        if (spec.Score == RouterScore.Sigmoid)
            foreach (ref var score in scores) score = 1f / (1f + MathF.Exp(-score));
    }

    /// <summary>Takes the experts of all groups but the best out of the choice (DeepSeek-V2 and V3).</summary>
    void KeepBestGroups(Span<float> choice)
    {
        var size = spec.Experts / spec.Groups;
        Span<float> groups = stackalloc float[spec.Groups];
        Span<int> best = stackalloc int[spec.SelectedGroups];
        for (var g = 0; g < spec.Groups; g++) groups[g] = SumOfBest(choice.Slice(g * size, size), spec.GroupTop);
        SelectBest(groups, best);
        for (var g = 0; g < spec.Groups; g++)
            if (!best.Contains(g)) choice.Slice(g * size, size).Fill(float.NegativeInfinity);
    }

    static float SumOfBest(ReadOnlySpan<float> scores, int count)
    {
        Span<int> best = stackalloc int[count];
        SelectBest(scores, best);
        var sum = 0f;
        foreach (var i in best) sum += scores[i];
        return sum;
    }

    /// <summary>Ids of the greatest scores, ascending; those already chosen are passed over by their place in the order.</summary>
    static void SelectBest(ReadOnlySpan<float> scores, Span<int> best)
    {
        for (var k = 0; k < best.Length; k++)
        {
            var chosen = best[..k];
            var winner = -1;
            for (var i = 0; i < scores.Length; i++)
                if ((winner < 0 || scores[i] > scores[winner]) && !chosen.Contains(i)) winner = i;
            best[k] = winner;
        }
        best.Sort();
    }

    void Weigh(ReadOnlySpan<float> scores, ReadOnlySpan<int> experts, Span<float> weights)
    {
        for (var k = 0; k < weights.Length; k++) weights[k] = scores[experts[k]];
        if (spec.Score == RouterScore.SoftmaxOfSelected) Softmax(weights);
        var sum = 0f;
        foreach (var weight in weights) sum += weight;
        var factor = spec.Normalize && spec.Score != RouterScore.SoftmaxOfSelected ? spec.Scaling / (sum + 1e-20f) : spec.Scaling;
        foreach (ref var weight in weights) weight *= factor;
    }

    static void Softmax(Span<float> values)
    {
        var (greatest, sum) = (float.NegativeInfinity, 0f);
        foreach (var value in values) greatest = MathF.Max(greatest, value);
        foreach (ref var value in values) sum += value = MathF.Exp(value - greatest);
        foreach (ref var value in values) value /= sum;
    }
}
