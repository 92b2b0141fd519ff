using Llmc.Graph;

namespace Llmc.Compiler.Passes;

/// <summary>
/// Gives every buffer, weight item and cache layer its byte offset: after this pass the whole memory of a rank is known.
/// Buffers are placed greatest first at the lowest offset where nothing live at the same time stands (Pisarchyk and Lee 2020).
/// </summary>
static class Place
{
    const long Alignment = 64;

    /// <summary>The step with its <see cref="StepProgram.Placement"/>.</summary>
    public static StepProgram Run(StepProgram program)
    {
        var buffers = PlaceBuffers(program, out var arenaBytes);
        var items = Stack(program.Items.Select(i => i.Bytes), out var weightBytes);
        var layers = Stack(program.Layers.Select(l => l.BytesPerBlock), out var blockBytes);
        return program with { Placement = new(buffers, items, layers, arenaBytes, weightBytes, blockBytes) };
    }

    static long[] Stack(IEnumerable<long> sizes, out long total)
    {
        var offsets = new List<long>();
        total = 0;
        foreach (var size in sizes)
        {
            offsets.Add(total);
            total += Align(size);
        }
        return [.. offsets];
    }

    static long[] PlaceBuffers(StepProgram program, out long arenaBytes)
    {
        var (lives, sizes) = (BufferLives.Of(program), program.Buffers.Select(b => Align(b.Bytes)).ToArray());
        var offsets = new long[sizes.Length];
        var placed = new List<int>();
        foreach (var buffer in Enumerable.Range(0, sizes.Length).OrderByDescending(b => sizes[b]).ThenBy(b => lives[b].First))
        {
            foreach (var other in placed.Where(p => lives[p].Overlaps(lives[buffer])).OrderBy(p => offsets[p]))
                if (offsets[buffer] + sizes[buffer] > offsets[other] && offsets[buffer] < offsets[other] + sizes[other])
                    offsets[buffer] = offsets[other] + sizes[other];
            placed.Add(buffer);
        }
        arenaBytes = offsets.Zip(sizes, (o, s) => o + s).DefaultIfEmpty().Max();
        return offsets;
    }

    static long Align(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
