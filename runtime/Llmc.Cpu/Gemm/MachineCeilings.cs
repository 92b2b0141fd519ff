using System.Diagnostics;
using System.Numerics;
using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>What this machine reaches at best with some threads, measured and not looked up: the denominators of a benchmark.</summary>
public sealed unsafe class MachineCeilings
{
    const long ReadBytes = 256L << 20;
    const long PeakRounds = 1 << 20;
    readonly Dictionary<InstructionSet, double> _operations = [];

    /// <summary>Bytes of memory that the threads together read in a second.</summary>
    public double ReadBytesPerSecond { get; private set; }

    MachineCeilings() { }

    /// <summary>Measures each ceiling <paramref name="samples"/> times and keeps the best.</summary>
    /// <param name="code">Brings the <see cref="PeakLoop"/>s.</param>
    public static MachineCeilings Measure(int threads, CodeImage code, int samples = 5)
    {
        var ceilings = new MachineCeilings();
        ceilings.MeasureRead(threads, samples);
        foreach (var set in Enum.GetValues<InstructionSet>()) ceilings.MeasurePeak(set, threads, code, samples);
        return ceilings;
    }

    /// <summary>Operations a second of the dot product that formats are multiplied with; null when the engine has no loop for it.</summary>
    public double? OperationsPerSecond(WeightFormat weight, ActivationFormat input) =>
        MicroKernelSpec.SetFor(weight, input) is { } set && _operations.TryGetValue(set, out var rate) ? rate : null;

    void MeasureRead(int threads, int samples)
    {
        using var memory = new NativeMemory(ReadBytes);
        new Span<byte>(memory.Address, (int)ReadBytes).Fill(1);
        for (var sample = 0; sample < samples; sample++)
        {
            var seconds = TeamStopwatch.Run(threads, team =>
            {
                var (start, end) = team.Share((int)(ReadBytes >> 12));
                Read(memory.Address + ((long)start << 12), memory.Address + ((long)end << 12));
            });
            ReadBytesPerSecond = Math.Max(ReadBytesPerSecond, ReadBytes / seconds);
        }
    }

    /// <summary>Eight running ors, so that nothing but memory is waited for.</summary>
    static void Read(byte* at, byte* end)
    {
        Vector<long> a = default, b = default, c = default, d = default;
        var step = Vector<byte>.Count;
        for (; at < end; at += 8 * step)
        {
            a |= Vector.Load((long*)at) | Vector.Load((long*)(at + 4 * step));
            b |= Vector.Load((long*)(at + step)) | Vector.Load((long*)(at + 5 * step));
            c |= Vector.Load((long*)(at + 2 * step)) | Vector.Load((long*)(at + 6 * step));
            d |= Vector.Load((long*)(at + 3 * step)) | Vector.Load((long*)(at + 7 * step));
        }
        if (Vector.EqualsAll(a | b | c | d, Vector<long>.Zero)) throw new UnreachableException("the memory was filled with ones");
    }

    void MeasurePeak(InstructionSet set, int threads, CodeImage code, int samples)
    {
        var loop = (delegate* unmanaged<long, void>)code.Find(PeakLoop.Name(set));
        if (loop == null) return;
        for (var sample = 0; sample < samples; sample++)
        {
            var seconds = TeamStopwatch.Run(threads, _ => loop(PeakRounds));
            var rate = (double)PeakRounds * PeakLoop.OperationsPerRound(set) * threads / seconds;
            _operations[set] = Math.Max(_operations.GetValueOrDefault(set), rate);
        }
    }
}
