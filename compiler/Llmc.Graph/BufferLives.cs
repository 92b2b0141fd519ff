namespace Llmc.Graph;

/// <summary>From which launch to which a buffer's content matters.</summary>
/// <param name="First">Launch that writes it first.</param>
/// <param name="Last">Launch that uses it last.</param>
public readonly record struct BufferLife(int First, int Last)
{
    /// <summary>Both matter at some launch: a launch must not overwrite what it still reads.</summary>
    public bool Overlaps(BufferLife other) => First <= other.Last && other.First <= Last;
}

/// <summary>Computes lives.</summary>
public static class BufferLives
{
    /// <summary>One entry a buffer; the logits live to the end.</summary>
    public static IReadOnlyList<BufferLife> Of(StepProgram program)
    {
        var lives = Enumerable.Repeat(new BufferLife(int.MaxValue, -1), program.Buffers.Count).ToArray();
        for (var i = 0; i < program.Launches.Count; i++)
            foreach (var argument in program.Launches[i].Arguments)
                if (argument.Operand is BufferOperand { Buffer: var buffer })
                    lives[buffer] = new(Math.Min(lives[buffer].First, i), Math.Max(lives[buffer].Last, i));
        lives[program.Logits] = lives[program.Logits] with { Last = program.Launches.Count };
        return lives;
    }
}
