namespace Llmc.Graph;

/// <summary>Rules of a step: operands exist, nothing is read before it is written, live buffers do not overlap.</summary>
static class StepVerifier
{
    public static void Verify(StepProgram program)
    {
        var written = new HashSet<int>();
        foreach (var launch in program.Launches)
        {
            Require(launch.Arguments.DistinctBy(a => a.Field).Count() == launch.Arguments.Count, launch, "sets a field twice");
            foreach (var (_, operand, writes) in launch.Arguments)
            {
                if (operand is BufferOperand { Buffer: var buffer } && !writes)
                    Require(written.Contains(buffer), launch, $"reads {program.Buffers[buffer].Name} before it is written");
                if (operand is WeightOperand w) Require(w.Item < program.Items.Count, launch, "names an unknown weight");
                if (operand is KvOperand k) Require(k.Layer < program.Layers.Count, launch, "names an unknown cache layer");
            }
            written.UnionWith(launch.Arguments.Where(a => a.Writes).Select(a => a.Operand).OfType<BufferOperand>().Select(b => b.Buffer));
        }
        if (program.Placement is { } placement) VerifyPlacement(program, placement);

        void Require(bool holds, Launch launch, string rule)
        {
            if (!holds) throw new GraphException($"step of rank {program.Rank}: {rule}: launch {StepText.Line(program, launch)}");
        }
    }

    static void VerifyPlacement(StepProgram program, Placement placement)
    {
        var lives = BufferLives.Of(program);
        for (var a = 0; a < lives.Count; a++)
            for (var b = 0; b < a; b++)
                if (lives[a].Overlaps(lives[b]) && Overlap(a, b))
                    throw new GraphException($"step of rank {program.Rank}: {program.Buffers[a].Name} and {program.Buffers[b].Name} share bytes while both live");

        bool Overlap(int a, int b) =>
            placement.Buffers[a] < placement.Buffers[b] + program.Buffers[b].Bytes && placement.Buffers[b] < placement.Buffers[a] + program.Buffers[a].Bytes;
    }
}
