namespace Llmc.Text.Patterns;

enum Operation
{
    /// <summary>Consume a code point of <see cref="Instruction.Set"/>.</summary>
    One,
    /// <summary>Consume A to B code points of the set, as many as there are, and give back one at a time down to A.</summary>
    Many,
    /// <summary>As <see cref="Many"/>, giving nothing back.</summary>
    ManyPossessive,
    /// <summary>Go on at A; when that fails, at B.</summary>
    Try,
    Jump,
    /// <summary>Note the position in slot A, where a loop's body begins.</summary>
    EnterLoop,
    /// <summary>Leave for B when the body, entered at the position in slot A, consumed nothing.</summary>
    LeaveEmptyLoop,
    /// <summary>Note the choices open now in slot A.</summary>
    EnterAtomic,
    /// <summary>Forget the choices opened since slot A was noted.</summary>
    LeaveAtomic,
    /// <summary>Note position and open choices in slots A and A + 1, after going back B code points.</summary>
    EnterLook,
    /// <summary>The body of a look-around matched: return to where it began.</summary>
    LeaveLook,
    /// <summary>As <see cref="EnterLook"/>; when the body fails, go on at C.</summary>
    EnterNegativeLook,
    /// <summary>The body of a negative look-around matched, which is a failure.</summary>
    LeaveNegativeLook,
    Assert,
    Accept,
}

readonly record struct Instruction(Operation Operation, int A = 0, int B = 0, int C = 0, CodePointTest? Set = null);

/// <summary>A regular expression as instructions for <see cref="RegexMachine"/>.</summary>
/// <param name="Code">Runs from 0 to <see cref="Operation.Accept"/>.</param>
/// <param name="Slots">How many integers of memory the instructions use.</param>
/// <param name="First">What every match begins with; null when a match may be empty or begin with a look-around.</param>
sealed record RegexProgram(Instruction[] Code, int Slots, CodePointTest? First)
{
    /// <exception cref="RegexSyntaxException">The pattern is malformed or uses what is not supported.</exception>
    public static RegexProgram Compile(string pattern) => new RegexCompiler().Compile(RegexParser.Parse(pattern));
}
