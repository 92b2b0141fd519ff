using Llmc.Artifact;
using Llmc.Cpu;
using Llmc.Engine;

namespace Llmc.Compiler.Tests;

/// <summary>
/// Whole engines against what transformers computes: every family, plan, element type and instruction set, with prompts
/// batched together, one by one, and chunked by 5 tokens.
/// </summary>
public class EngineGoldenTests
{
    /// <summary>float32: most that a logit may be off.</summary>
    const float MaxError = 2e-3f;

    /// <summary>bfloat16: least cosine of a row of logits with the golden's.</summary>
    const double MinCosine = 0.999;

    static readonly string[] Dense = ["llama", "llama3-rope", "llama-bias", "llama-mha", "mistral-window", "qwen2", "qwen3"];
    static readonly string[] Sparse = ["mixtral", "qwen3-moe"];

    public static TheoryData<string, int, int, DType> Engines
    {
        get
        {
            var engines = new TheoryData<string, int, int, DType>();
            foreach (var type in (DType[])[DType.F32, DType.BF16])
            {
                foreach (var model in Dense.Concat(Sparse))
                    foreach (var tp in (int[])[1, 2, 4]) engines.Add(model, tp, 1, type);
                foreach (var model in Sparse)
                    foreach (var tp in (int[])[1, 2, 4]) engines.Add(model, tp, 2, type);
            }
            engines.Add("llama", 3, 1, DType.F32);   // heads, KV heads and widths that do not divide
            engines.Add("qwen3-moe", 3, 3, DType.F32);
            return engines;
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public void Engines_compute_what_transformers_computes(string name, int tp, int ep, DType type)
    {
        using var golden = new GoldenModel(name);
        using var engine = new BuiltEngine(Repository.PathOf("tests", "goldens", "models", name), o => o with { Tp = tp, Ep = ep, Type = type });
        foreach (var options in (EngineOptions[])[new(), new() { MaxSequences = 1 }, new() { ChunkTokens = 5 }])
            AssertGolden(golden, engine.Run(golden.Prompts, golden.Greedy[0].Count, options), type);
    }

    public static TheoryData<string, DType, InstructionSet> Sets
    {
        get
        {
            var sets = new TheoryData<string, DType, InstructionSet>();
            foreach (var name in Dense.Concat(Sparse))
                foreach (var type in (DType[])[DType.F32, DType.BF16])
                    foreach (var set in (InstructionSet[])[InstructionSet.Portable, InstructionSet.Avx2, InstructionSet.Avx512])
                        if (set <= InstructionSets.Detect()) sets.Add(name, type, set);
            return sets;
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void Every_instruction_set_computes_what_transformers_computes(string name, DType type, InstructionSet set)
    {
        using var golden = new GoldenModel(name);
        using var engine = new BuiltEngine(Repository.PathOf("tests", "goldens", "models", name), o => o with { Tp = 2, Type = type });
        AssertGolden(golden, engine.Run(golden.Prompts, golden.Greedy[0].Count, new() { ChunkTokens = 5 }, new() { InstructionSet = set }), type);
    }

    [Theory]
    [InlineData(Quantization.Fp8)]
    [InlineData(Quantization.Int8)]
    public void Quantized_engines_stay_close_to_the_model(Quantization quantization)
    {
        using var golden = new GoldenModel("llama");
        using var engine = new BuiltEngine(Repository.PathOf("tests", "goldens", "models", "llama"), o => o with { Tp = 2, Quantization = quantization });
        var answers = engine.Run(golden.Prompts, greedy: 1);
        Assert.All(golden.Prompts.Index(), p => Assert.True(LeastCosine(golden, p.Index, answers[p.Index]) > 0.99));
    }

    [Fact]
    public void Two_runs_of_one_engine_give_the_same_bits()
    {
        using var golden = new GoldenModel("mixtral");
        using var engine = new BuiltEngine(Repository.PathOf("tests", "goldens", "models", "mixtral"), o => o with { Tp = 4, Ep = 2 });
        var (first, second) = (engine.Run(golden.Prompts, 8), engine.Run(golden.Prompts, 8));
        Assert.Equal(first.SelectMany(a => a.Logits).SelectMany(r => r), second.SelectMany(a => a.Logits).SelectMany(r => r));
    }

    [Fact]
    public void Two_builds_give_the_same_bytes()
    {
        using var first = new BuiltEngine(Repository.PathOf("examples", "kjv-llama"), o => o with { Tp = 2 });
        using var second = new BuiltEngine(Repository.PathOf("examples", "kjv-llama"), o => o with { Tp = 2 });
        Assert.Equal(first.Manifest.ToJson(), second.Manifest.ToJson());   // hashes of all files included
    }

    static void AssertGolden(GoldenModel golden, IReadOnlyList<Collected> answers, DType type)
    {
        foreach (var (prompt, answer) in answers.Index())
        {
            Assert.Null(answer.Failure);
            if (type == DType.F32) Assert.True(GreatestError(golden, prompt, answer) <= MaxError, $"logits are off by {GreatestError(golden, prompt, answer)}");
            else Assert.True(LeastCosine(golden, prompt, answer) >= MinCosine, $"the cosine is {LeastCosine(golden, prompt, answer)}");
            var certain = golden.Margins[prompt].TakeWhile(margin => margin >= (type == DType.F32 ? 5e-3f : 0.1f)).Count();
            Assert.Equal(golden.Greedy[prompt].Take(certain), answer.Tokens.Take(certain));
        }
    }

    static float GreatestError(GoldenModel golden, int prompt, Collected answer) =>
        answer.Logits.SelectMany(row => row).Zip(golden.Logits[prompt], (a, b) => MathF.Abs(a - b)).Max();

    static double LeastCosine(GoldenModel golden, int prompt, Collected answer) =>
        answer.Logits.Zip(golden.Logits[prompt].Chunk(answer.Logits[0].Length), Cosine).Min();

    static double Cosine(float[] a, float[] b)
    {
        var (dot, aa, bb) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++) (dot, aa, bb) = (dot + (double)a[i] * b[i], aa + (double)a[i] * a[i], bb + (double)b[i] * b[i]);
        return dot / Math.Sqrt(aa * bb);
    }
}
