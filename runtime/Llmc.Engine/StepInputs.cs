using System.Runtime.InteropServices;
using Llmc.Artifact;
using Llmc.Scheduling;

namespace Llmc.Engine;

/// <summary>
/// The arrays of <see cref="StepInput"/> at fixed addresses, filled from the plan of a step. Block tables, the only large
/// part, are written by differences: a row whose sequence is the one of the last step gets its new blocks alone.
/// </summary>
sealed unsafe class StepInputs : IDisposable
{
    const int Alignment = 64;

    readonly Limits _limits;
    readonly (Sequence? Sequence, int Version, int Blocks)[] _rows;
    byte* _block;
    StepInput _step;

    public StepInputs(Limits limits)
    {
        var layout = StepInputLayout.Of(limits);
        _limits = limits;
        _rows = new (Sequence?, int, int)[limits.MaxSequences];
        _block = (byte*)NativeMemory.AlignedAlloc((nuint)layout.Bytes, Alignment);
        NativeMemory.Clear(_block, (nuint)layout.Bytes);
        _step = new()
        {
            BlocksPerSequence = limits.BlocksPerSequence,
            TokenIds = At(layout.TokenIds),
            Positions = At(layout.Positions),
            SlotMapping = At(layout.SlotMapping),
            QueryStart = At(layout.QueryStart),
            ContextLengths = At(layout.ContextLengths),
            BlockTables = At(layout.BlockTables),
            LogitsIndices = At(layout.LogitsIndices),
        };
    }

    /// <summary>The step as last filled.</summary>
    public ref readonly StepInput Step => ref _step;

    /// <summary>Block table entries written by the last <see cref="Fill"/>.</summary>
    internal int BlocksWritten { get; private set; }

    /// <summary>Describes the plan's step; allocates nothing.</summary>
    public void Fill(StepPlan plan)
    {
        (_step.Tokens, _step.Sequences, _step.LogitsRows, BlocksWritten) = (0, 0, 0, 0);
        foreach (ref readonly var entry in plan.Entries)
        {
            FillBlockTable(_step.Sequences, entry.Sequence);
            _step.QueryStart[_step.Sequences] = _step.Tokens;
            _step.ContextLengths[_step.Sequences] = entry.End;
            FillTokens(entry);
            FillLogitsIndices(entry.LogitsRows);
            _step.Sequences++;
        }
        _step.QueryStart[_step.Sequences] = _step.Tokens;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_block);
        _block = null;
    }

    int* At(long offset) => (int*)(_block + offset);

    void FillBlockTable(int row, Sequence sequence)
    {
        ref var written = ref _rows[row];
        if (written.Sequence != sequence || written.Version != sequence.BlocksVersion) written = (sequence, sequence.BlocksVersion, 0);
        var blocks = sequence.Blocks;
        var table = _step.BlockTables + (long)row * _step.BlocksPerSequence;
        for (; written.Blocks < blocks.Length; written.Blocks++, BlocksWritten++) table[written.Blocks] = blocks[written.Blocks].Value;
    }

    void FillTokens(in StepEntry entry)
    {
        var tokens = entry.Sequence.Tokens;
        var blocks = entry.Sequence.Blocks;
        var blockSize = _limits.BlockSize;
        for (var position = entry.Start; position < entry.End; position++, _step.Tokens++)
        {
            _step.TokenIds[_step.Tokens] = tokens[position];
            _step.Positions[_step.Tokens] = position;
            _step.SlotMapping[_step.Tokens] = blocks[position / blockSize].Value * blockSize + position % blockSize;
        }
    }

    /// <summary>The last tokens so far.</summary>
    void FillLogitsIndices(int rows)
    {
        for (var token = _step.Tokens - rows; token < _step.Tokens; token++) _step.LogitsIndices[_step.LogitsRows++] = token;
    }
}
