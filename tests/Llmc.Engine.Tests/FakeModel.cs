namespace Llmc.Engine.Tests;

/// <summary>A model whose logits are a fixed function of all tokens so far, in their order.</summary>
static class FakeModel
{
    public const int VocabSize = 61;
    public const int Eos = 60;

    public static ulong Start => 14695981039346656037;

    /// <summary>State after one more token.</summary>
    public static ulong Feed(ulong state, int token) => (state ^ (uint)(token + 1)) * 1099511628211;

    /// <summary>Fills f32[V] with values from −4 to 4; the end of sequence is never the best.</summary>
    public static void Logits(ulong state, Span<float> logits)
    {
        for (var id = 0; id < logits.Length; id++)
        {
            var mixed = (state ^ ((ulong)id * 0x9E3779B97F4A7C15)) * 0xBF58476D1CE4E5B9;
            logits[id] = (float)((mixed ^ (mixed >> 29)) % 80_001) / 10_000 - 4;
        }
        logits[Eos] = -5;
    }

    public static float[] Logits(IEnumerable<int> tokens)
    {
        var logits = new float[VocabSize];
        Logits(tokens.Aggregate(Start, Feed), logits);
        return logits;
    }

    /// <summary>The greedy answer, computed without an engine.</summary>
    public static int[] Greedy(int[] prompt, int count)
    {
        var tokens = prompt.ToList();
        for (var i = 0; i < count; i++)
        {
            var logits = Logits(tokens);
            tokens.Add(Array.IndexOf(logits, logits.Max()));
        }
        return [.. tokens[prompt.Length..]];
    }

    public static int[] Prompt(int length, int seed = 0) => [.. Enumerable.Range(0, length).Select(i => (i * 7 + seed * 13 + i * i * seed) % Eos)];
}
