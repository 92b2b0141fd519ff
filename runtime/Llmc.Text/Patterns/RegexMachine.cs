using System.Buffers;
using System.Runtime.CompilerServices;
using Llmc.Text.Unicode;

namespace Llmc.Text.Patterns;

/// <summary>
/// Runs a <see cref="RegexProgram"/> over one text: backtracking with a stack of its own, so that neither a long text nor a
/// nested pattern can exhaust the thread's.
/// </summary>
ref struct RegexMachine
{
    const int NoRange = -1, RestoreSlot = -2;
    static readonly WordSet Word = new(InClass: false);
    readonly RegexProgram program;
    readonly ReadOnlySpan<char> text;
    readonly int searchStart;
    int[] memory;   // the slots; then choices as triples: where to go on, position, least position of a run (or one of the two marks)
    int top;

    public RegexMachine(RegexProgram program, ReadOnlySpan<char> text, int searchStart)
    {
        this.program = program;
        this.text = text;
        this.searchStart = searchStart;
        memory = ArrayPool<int>.Shared.Rent(program.Slots + 96);
    }

    public readonly void Dispose() => ArrayPool<int>.Shared.Return(memory);

    /// <summary>The end of the match that begins at <paramref name="start"/>, or -1.</summary>
    public int MatchAt(int start)
    {
        top = program.Slots;
        var (next, position) = (0, start);
        while (true)
        {
            ref readonly var instruction = ref program.Code[next];
            var matched = true;
            switch (instruction.Operation)
            {
                case Operation.Accept: return position;
                case Operation.One: matched = One(instruction.Set!, ref position); next++; break;
                case Operation.Many: matched = Many(in instruction, next + 1, ref position); next++; break;
                case Operation.ManyPossessive: matched = Run(in instruction, ref position) >= 0; next++; break;
                case Operation.Try: Push(instruction.B, position, NoRange); next = instruction.A; break;
                case Operation.Jump: next = instruction.A; break;
                case Operation.EnterLoop: Note(instruction.A, position); next++; break;
                case Operation.LeaveEmptyLoop: next = memory[instruction.A] == position ? instruction.B : next + 1; break;
                case Operation.EnterAtomic: Note(instruction.A, top); next++; break;
                case Operation.LeaveAtomic: top = memory[instruction.A]; next++; break;
                case Operation.Assert: matched = Holds((AnchorKind)instruction.A, position); next++; break;
                default: matched = LookAround(in instruction, ref next, ref position); break;
            }
            if (!matched && !Backtrack(ref next, ref position)) return -1;
        }
    }

    bool LookAround(in Instruction instruction, ref int next, ref int position)
    {
        next++;
        var slot = instruction.A;
        switch (instruction.Operation)
        {
            case Operation.EnterLook or Operation.EnterNegativeLook:
                var start = Back(position, instruction.B);
                if (start < 0)
                {
                    if (instruction.Operation == Operation.EnterLook) return false;
                    next = instruction.C;
                    return true;
                }
                Note(slot, position);
                Note(slot + 1, top);
                if (instruction.Operation == Operation.EnterNegativeLook) Push(instruction.C, position, NoRange);
                position = start;
                return true;
            case Operation.LeaveLook:
                (position, top) = (memory[slot], memory[slot + 1]);
                return true;
            default:
                top = memory[slot + 1];
                return false;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly bool One(CodePointTest set, ref int position)
    {
        if (position >= text.Length) return false;
        var codePoint = CodePoints.At(text, position, out var length);
        if (!set.Contains(codePoint)) return false;
        position += length;
        return true;
    }

    // Consumes the run; its least end, or -1 when it is too short.
    readonly int Run(in Instruction instruction, ref int position)
    {
        var (set, count, least) = (instruction.Set!, 0, position);
        while (count < instruction.B && One(set, ref position))
            if (++count == instruction.A) least = position;
        return count < instruction.A ? -1 : least;
    }

    bool Many(in Instruction instruction, int next, ref int position)
    {
        var least = Run(in instruction, ref position);
        if (least < 0) return false;
        if (position > least) Push(next, position, least);
        return true;
    }

    bool Backtrack(ref int next, ref int position)
    {
        while (top > program.Slots)
        {
            var (to, at, least) = (memory[top - 3], memory[top - 2], memory[top - 1]);
            if (least == RestoreSlot) (memory[to], top) = (at, top - 3);
            else if (least == NoRange)
            {
                (next, position, top) = (to, at, top - 3);
                return true;
            }
            else
            {
                (next, position) = (to, CodePoints.Before(text, at));
                if (position > least) memory[top - 2] = position;
                else top -= 3;
                return true;
            }
        }
        return false;
    }

    void Note(int slot, int value)
    {
        Push(slot, memory[slot], RestoreSlot);
        memory[slot] = value;
    }

    void Push(int to, int position, int least)
    {
        if (top + 3 > memory.Length) Grow();
        memory[top] = to;
        memory[top + 1] = position;
        memory[top + 2] = least;
        top += 3;
    }

    void Grow()
    {
        var larger = ArrayPool<int>.Shared.Rent(memory.Length * 2);
        memory.AsSpan(0, top).CopyTo(larger);
        ArrayPool<int>.Shared.Return(memory);
        memory = larger;
    }

    readonly int Back(int position, int codePoints)
    {
        for (; codePoints > 0 && position > 0; codePoints--) position = CodePoints.Before(text, position);
        return codePoints > 0 ? -1 : position;
    }

    readonly bool Holds(AnchorKind kind, int position) => kind switch
    {
        AnchorKind.TextStart => position == 0,
        AnchorKind.TextEnd => position == text.Length,
        AnchorKind.SearchStart => position == searchStart,
        AnchorKind.LineStart => position == 0 || text[position - 1] == '\n' && position < text.Length,
        AnchorKind.LineEnd => position == text.Length || text[position] == '\n',
        AnchorKind.TextEndOrFinalNewline => position == text.Length || position == text.Length - 1 && text[position] == '\n',
        AnchorKind.WordBoundary => WordAt(position) != WordBefore(position),
        _ => WordAt(position) == WordBefore(position),
    };

    readonly bool WordAt(int position) => position < text.Length && Word.Contains(CodePoints.At(text, position, out _));

    readonly bool WordBefore(int position) => position > 0 && Word.Contains(CodePoints.At(text, CodePoints.Before(text, position), out _));
}
