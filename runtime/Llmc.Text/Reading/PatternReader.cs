using System.Text.Json;
using Llmc.Artifact;
using Llmc.Text.Patterns;

namespace Llmc.Text.Reading;

/// <summary>Reads <c>{"String": …}</c> and <c>{"Regex": …}</c>.</summary>
static class PatternReader
{
    public static Pattern Read(Component owner)
    {
        var pattern = owner.Object("pattern");
        if (pattern.OptionalString("String") is { } literal) return new LiteralPattern(literal);
        var expression = pattern.String("Regex");
        try
        {
            return new RegexPattern(expression);
        }
        catch (RegexSyntaxException problem)
        {
            throw Diagnostics.PatternNotSupported.Because(problem, owner.File, expression, problem.Position, problem.Message);
        }
    }
}
