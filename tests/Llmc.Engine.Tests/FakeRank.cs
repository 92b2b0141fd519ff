using Llmc.Artifact;

namespace Llmc.Engine.Tests;

/// <summary>
/// A rank that keeps tokens and positions where keys and values would stand, and computes logits from what it finds there
/// through the block tables: a wrong slot, block, position or length is an exception or another answer.
/// </summary>
sealed unsafe class FakeRank(Manifest manifest) : IRank
{
    readonly int _blockSize = manifest.Limits.BlockSize;
    readonly (int Token, int Position)[] _cache = new (int, int)[manifest.Limits.Blocks * manifest.Limits.BlockSize];
    readonly float[] _logits = new float[manifest.Limits.MaxLogitsRows * manifest.Model.VocabSize];

    public bool IsDisposed { get; private set; }

    /// <summary>Called before each step, on the rank's thread.</summary>
    public Action<int> BeforeStep { get; init; } = _ => { };

    /// <summary>Changes logits before the engine sees them.</summary>
    public Action<float[]> AfterStep { get; init; } = _ => { };

    public int Steps { get; private set; }

    public void Run(in StepInput step)
    {
        BeforeStep(Steps++);
        Check(step.Tokens >= 1 && step.Tokens <= manifest.Limits.MaxTokens, "tokens of the step");
        Check(step.Sequences >= 1 && step.Sequences <= manifest.Limits.MaxSequences, "sequences of the step");
        Check(step.LogitsRows <= manifest.Limits.MaxLogitsRows, "rows of logits");
        Check(step.QueryStart[0] == 0 && step.QueryStart[step.Sequences] == step.Tokens, "first and last query start");
        for (var sequence = 0; sequence < step.Sequences; sequence++) Write(step, sequence);
        for (int row = 0, sequence = 0; row < step.LogitsRows; row++)
        {
            var token = step.LogitsIndices[row];
            Check(row == 0 || token > step.LogitsIndices[row - 1], "logits indices ascend");
            while (token >= step.QueryStart[sequence + 1]) sequence++;
            FakeModel.Logits(Read(step, sequence, step.Positions[token]), Row(row));
        }
        AfterStep(_logits);
    }

    public ReadOnlySpan<float> Logits(int row) => Row(row);

    public void Dispose() => IsDisposed = true;

    Span<float> Row(int row) => _logits.AsSpan(row * manifest.Model.VocabSize, manifest.Model.VocabSize);

    void Write(in StepInput step, int sequence)
    {
        var end = step.QueryStart[sequence + 1];
        Check(end > step.QueryStart[sequence], "a sequence has tokens");
        Check(step.ContextLengths[sequence] == step.Positions[end - 1] + 1, "context length");
        for (var token = step.QueryStart[sequence]; token < end; token++)
        {
            var position = step.Positions[token];
            Check(token == step.QueryStart[sequence] || position == step.Positions[token - 1] + 1, "positions ascend by one");
            Check(step.SlotMapping[token] == Slot(step, sequence, position), "slot mapping agrees with block table");
            _cache[step.SlotMapping[token]] = (step.TokenIds[token], position);
        }
    }

    ulong Read(in StepInput step, int sequence, int last)
    {
        var state = FakeModel.Start;
        for (var position = 0; position <= last; position++)
        {
            var (token, writtenAt) = _cache[Slot(step, sequence, position)];
            Check(writtenAt == position, "the cache holds the position");
            state = FakeModel.Feed(state, token);
        }
        return state;
    }

    int Slot(in StepInput step, int sequence, int position) =>
        step.BlockTables[sequence * step.BlocksPerSequence + position / _blockSize] * _blockSize + position % _blockSize;

    static void Check(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException($"violated: {what}");
    }
}
