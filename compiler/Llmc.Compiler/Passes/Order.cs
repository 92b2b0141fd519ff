using Llmc.Graph;

namespace Llmc.Compiler.Passes;

/// <summary>
/// Puts what no layer has a part in before the first layer: tables that the layers share are made once, and the layers are
/// left alike, so that one method can serve them all. Otherwise the order of fusing stands: each launch as late as the next
/// one needs it, which keeps buffers short-lived.
/// </summary>
static class Order
{
    /// <summary>The same launches, reordered.</summary>
    public static StepProgram Run(StepProgram program)
    {
        var ofLayers = new HashSet<int>();
        var (begin, rest) = (new List<Launch>(), new List<Launch>());
        foreach (var launch in program.Launches)
        {
            var buffers = launch.Arguments.Select(a => a.Operand).OfType<BufferOperand>().Select(b => b.Buffer).ToList();
            if (launch.Layer is null && !buffers.Any(ofLayers.Contains))
            {
                begin.Add(launch);
                continue;
            }
            rest.Add(launch);
            ofLayers.UnionWith(launch.Arguments.Where(a => a.Writes).Select(a => a.Operand).OfType<BufferOperand>().Select(b => b.Buffer));
        }
        return program with { Launches = [.. begin, .. rest] };
    }
}
