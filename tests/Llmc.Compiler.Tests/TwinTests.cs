using Llmc.Graph;
using Shard = Llmc.Compiler.Passes.Shard;

namespace Llmc.Compiler.Tests;

/// <summary>Family descriptions and shard rules against transformers, by the interpreter alone: no kernel takes part.</summary>
public class TwinTests
{
    /// <summary>Rounding of float32 in another order; a wrong head, norm or bias is off by 0.1 and more.</summary>
    const float Tolerance = 1e-4f;

    static readonly string[] Dense = ["llama", "llama3-rope", "llama-bias", "llama-mha", "mistral-window", "qwen2", "qwen3"];
    static readonly string[] Sparse = ["mixtral", "qwen3-moe"];

    public static TheoryData<string> Models => [.. Dense, .. Sparse];

    /// <summary>tp 3 leaves ranks with unequal heads, KV heads and widths; ep above tp repeats attention.</summary>
    public static TheoryData<string, int, int> Plans
    {
        get
        {
            var plans = new TheoryData<string, int, int>();
            foreach (var model in Dense.Concat(Sparse))
                foreach (var tp in (int[])[2, 3, 4]) plans.Add(model, tp, 1);
            foreach (var model in Sparse)
                foreach (var (tp, ep) in ((int, int)[])[(1, 2), (2, 2), (4, 2), (2, 4), (3, 3)]) plans.Add(model, tp, ep);
            return plans;
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Logits_are_those_of_transformers(string name)
    {
        using var model = new GoldenModel(name);
        model.Graph.Verify();
        AssertClose(model.Logits, Interpreter.Run(model.Graph, model.Weights, model.Prompts));
    }

    [Theory, MemberData(nameof(Plans))]
    public void Ranks_together_compute_what_the_whole_model_computes(string name, int tp, int ep)
    {
        using var model = new GoldenModel(name);
        var ranks = Shard.Run(model.Graph, new(tp, ep));
        foreach (var rank in ranks) rank.Verify();
        AssertClose(model.Logits, Interpreter.Run(ranks, model.Weights, model.Prompts));
    }

    [Theory, MemberData(nameof(Models))]
    public void Greedy_ids_follow_those_of_transformers(string name)
    {
        const int steps = 4;
        using var model = new GoldenModel(name);
        var vocabSize = model.Graph.Logits.Columns;
        for (var prompt = 0; prompt < model.Prompts.Count; prompt++)
        {
            List<int> ids = [.. model.Prompts[prompt]];
            for (var step = 0; step < steps && model.Margins[prompt][step] > 5e-3f; step++)
                ids.Add(Interpreter.Greedy(Interpreter.Run(model.Graph, model.Weights, [ids])[0], vocabSize));
            Assert.Equal(model.Greedy[prompt].Take(ids.Count - model.Prompts[prompt].Count), ids.Skip(model.Prompts[prompt].Count));
        }
    }

    static void AssertClose(IReadOnlyList<float[]> expected, IReadOnlyList<float[]> actual)
    {
        var error = expected.Zip(actual).SelectMany(pair => pair.First.Zip(pair.Second)).Max(pair => MathF.Abs(pair.First - pair.Second));
        Assert.True(error <= Tolerance, $"logits are off by {error}");
    }
}
