using Llmc.Graph;

namespace Llmc.Compiler;

/// <summary>Lets a residual sum overwrite its residual where that is read for the last time.</summary>
static class InPlace
{
    /// <summary>Renames output buffers to their residual's and drops the buffers that nobody names any more.</summary>
    public static StepProgram Residuals(StepProgram program)
    {
        var lives = BufferLives.Of(program);
        var home = Enumerable.Range(0, program.Buffers.Count).ToArray();
        for (var i = 0; i < program.Launches.Count; i++)
        {
            var launch = program.Launches[i];
            if (launch["Residual"] is BufferOperand { Buffer: var residual } && launch["Output"] is BufferOperand { Buffer: var output }
                && lives[residual].Last == i && program.Buffers[residual].Bytes == program.Buffers[output].Bytes)
                home[output] = home[residual];
        }
        return Renamed(program, home);
    }

    static StepProgram Renamed(StepProgram program, int[] home)
    {
        var kept = home.Distinct().Order().ToList();
        BufferOperand Map(BufferOperand b) => b with { Buffer = kept.IndexOf(home[b.Buffer]) };
        return program with
        {
            Buffers = [.. kept.Select(b => program.Buffers[b])],
            Launches = [.. program.Launches.Select(l => l with
            {
                Arguments = [.. l.Arguments.Select(a => a.Operand is BufferOperand b ? a with { Operand = Map(b) } : a)],
            })],
            Logits = Map(new(program.Logits)).Buffer,
        };
    }
}
