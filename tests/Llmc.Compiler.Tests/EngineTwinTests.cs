using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Cpu;
using Llmc.Graph;
using Llmc.Models;

namespace Llmc.Compiler.Tests;

/// <summary>Engines against the slow twin on prompts that cross many KV blocks and tiles, and against themselves in other company.</summary>
public class EngineTwinTests
{
    static readonly string Checkpoint = Repository.PathOf("examples", "kjv-draft");

    public static TheoryData<int, InstructionSet> Runs
    {
        get
        {
            var runs = new TheoryData<int, InstructionSet>();
            foreach (var tp in (int[])[1, 2])
                foreach (var set in (InstructionSet[])[InstructionSet.Portable, InstructionSet.Avx2, InstructionSet.Avx512, InstructionSet.Avx512Bf16])
                    if (set <= InstructionSets.Detect()) runs.Add(tp, set);
            return runs;
        }
    }

    [Theory, MemberData(nameof(Runs))]
    public void Long_prompts_agree_with_the_twin(int tp, InstructionSet set)
    {
        var prompt = Ids(seed: 1, count: 261);
        using var engine = new BuiltEngine(Checkpoint, o => o with { Tp = tp, Type = DType.F32 });
        var answer = engine.Run([prompt], greedy: 0, cpu: new() { InstructionSet = set })[0];
        var error = answer.Logits.SelectMany(row => row).Zip(Twin(prompt), (a, b) => MathF.Abs(a - b)).Max();
        Assert.True(error <= 1e-3f, $"logits are off by {error}");
    }

    [Theory]
    [InlineData(1, Quantization.None)]
    [InlineData(2, Quantization.None)]
    [InlineData(1, Quantization.Int8)]
    [InlineData(1, Quantization.Fp8)]
    public void A_row_of_logits_has_the_same_bits_whatever_runs_beside_it_and_however_it_is_chunked(int tp, Quantization quantization)
    {
        IReadOnlyList<int>[] prompts = [Ids(1, 70), Ids(2, 1), Ids(3, 33), Ids(4, 129)];
        using var engine = new BuiltEngine(Checkpoint, o => o with { Tp = tp, Quantization = quantization });
        var together = engine.Run(prompts, greedy: 6);
        var alone = engine.Run(prompts, greedy: 6, new() { MaxSequences = 1 });
        var chunked = engine.Run(prompts, greedy: 6, new() { ChunkTokens = 7 });
        foreach (var (a, b, c) in together.Zip(alone, chunked))
        {
            Assert.Equal(a.Logits.SelectMany(r => r), b.Logits.SelectMany(r => r));
            Assert.Equal(a.Logits.SelectMany(r => r), c.Logits.SelectMany(r => r));
            Assert.Equal(a.Tokens, b.Tokens);
            Assert.Equal(a.Tokens, c.Tokens);
        }
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        using var engine = new BuiltEngine(Checkpoint);
        var runs = new[] { 1, 2, 3 }.Select(threads => engine.Run([Ids(5, 90)], greedy: 4, cpu: new() { ThreadsPerRank = threads })[0]).ToList();
        Assert.All(runs, run => Assert.Equal(runs[0].Logits.SelectMany(r => r), run.Logits.SelectMany(r => r)));
    }

    static int[] Ids(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(2048))];
    }

    static float[] Twin(IReadOnlyList<int> prompt)
    {
        using var checkpoint = Checkpoints.Checkpoint.Open(Checkpoint);
        return Interpreter.Run(Registry.Build(checkpoint.Config, Checkpoint, DType.F32), new WeightReader(checkpoint), [prompt])[0];
    }
}
