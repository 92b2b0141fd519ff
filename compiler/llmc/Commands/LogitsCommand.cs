using System.CommandLine;
using Llmc.Artifact;
using Llmc.Checkpoints;
using Llmc.Engine;
using Llmc.Engine.Sampling;

namespace Llmc.CommandLine;

/// <summary><c>llmc logits ENGINE IN.safetensors OUT.safetensors</c>.</summary>
static class LogitsCommand
{
    public static Command Create()
    {
        var input = Options.Path("IN", "safetensors file with input_ids i64 [B, T].");
        var output = Options.Path("OUT", "safetensors file to write: logits f32 [B, T, V], greedy i64 [B, N].");
        var greedy = Options.Count("--greedy", "Ids to append to each row, end of sequence ignored.", 0, least: 0);
        var chunk = Options.OptionalCount("--chunk-tokens", "Most prompt tokens of a row in a step.");
        var sequences = Options.OptionalCount("--max-num-seqs", "Rows that run together; 1 runs them one by one.");
        var command = new Command("logits", """
            Computes logits of token ids through the engine's own paged, batched path.

            Example:
              llmc logits engine ids.safetensors logits.safetensors --greedy 24
            """);
        var session = new EngineSession(command);
        command.Add(input);
        command.Add(output);
        command.Add(greedy);
        command.Add(chunk);
        command.Add(sequences);
        command.SetAction(parsed =>
        {
            var rows = ReadIds(parsed.GetRequiredValue(input));
            // every row's logits are asked for, also those of a prefix that another row has computed
            using var core = session.Open(parsed, new() { ChunkTokens = parsed.GetValue(chunk), MaxSequences = parsed.GetValue(sequences), PrefixCaching = false });
            var answers = Run(core, rows, parsed.GetValue(greedy));
            Write(parsed.GetRequiredValue(output), answers, rows[0].Length, core.Manifest.Model.VocabSize);
            return Invocation.Done;
        });
        return command;
    }

    static List<int[]> ReadIds(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (!file.Tensors.TryGetValue("input_ids", out var tensor)) throw Diagnostics.IdsMissing.With(path);
        if (tensor.DType != DType.I64 || tensor.Shape is not [> 0, > 0]) throw Diagnostics.IdsShape.With(path, tensor);
        var (ids, length) = (tensor.ToArray<long>(), (int)tensor.Shape[1]);
        return [.. Enumerable.Range(0, (int)tensor.Shape[0]).Select(row => ids.AsSpan(row * length, length).ToArray().Select(ClampToInt).ToArray())];
    }

    /// <summary>An id beyond 32 bits is out of any vocabulary; the engine says so.</summary>
    static int ClampToInt(long id) => (int)Math.Clamp(id, int.MinValue, int.MaxValue);

    static List<RowAnswer> Run(EngineCore core, List<int[]> rows, int greedy)
    {
        var answers = rows.ConvertAll(row => new RowAnswer(row.Length, core.Manifest.Model.VocabSize));
        foreach (var (row, answer) in rows.Zip(answers))
        {
            var request = new Request { Prompt = row, MaxTokens = greedy, Sampling = SamplingParameters.Greedy, IgnoreEos = true, LogitsFrom = 0 };
            if (!core.TrySubmit(request, answer, out _, out var refusal)) throw refusal.Reason;
        }
        while (core.Step())
        {
        }
        return answers.Select(answer => answer.Failure is { } failure ? throw failure : answer).ToList();
    }

    static void Write(string path, List<RowAnswer> answers, int length, int vocabulary)
    {
        var generated = answers[0].Tokens.Count;
        try
        {
            using var writer = SafetensorsWriter.Create(
                path, [new("logits", DType.F32, answers.Count, length, vocabulary), new("greedy", DType.I64, answers.Count, generated)]);
            foreach (var (row, answer) in answers.Index())
            {
                writer.Write<float>("logits", answer.Logits, (long)row * length * vocabulary);
                writer.Write<long>("greedy", answer.Tokens.ToArray(), (long)row * generated);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Diagnostics.CannotWrite.Because(failure, path, failure.Message);
        }
    }

    /// <summary>Collects what the engine says of one row.</summary>
    sealed class RowAnswer(int length, int vocabulary) : IRequestOutput
    {
        public float[] Logits { get; } = new float[length * vocabulary];
        public List<long> Tokens { get; } = [];
        public LlmcException? Failure { get; private set; }

        void IRequestOutput.Started(int cachedTokens)
        {
        }

        void IRequestOutput.Logits(int position, ReadOnlySpan<float> logits)
        {
            if (position < length) logits.CopyTo(Logits.AsSpan(position * vocabulary));
        }

        void IRequestOutput.Token(in TokenOutput token) => Tokens.Add(token.Id);

        void IRequestOutput.Finished(Scheduling.FinishReason reason, LlmcException? failure) => Failure = failure;
    }
}
