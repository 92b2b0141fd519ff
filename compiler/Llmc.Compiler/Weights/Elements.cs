using System.Runtime.InteropServices;
using Llmc.Artifact;

namespace Llmc.Compiler;

/// <summary>Checkpoint elements as float32.</summary>
static class Elements
{
    /// <summary>Widens a row of F32, F16 or BF16 elements.</summary>
    public static void Widen(DType type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (type)
        {
            case DType.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
                break;
            case DType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (var i = 0; i < halves.Length; i++) values[i] = (float)halves[i];
                break;
            case DType.BF16:
                var uppers = MemoryMarshal.Cast<byte, BFloat16>(bytes);
                for (var i = 0; i < uppers.Length; i++) values[i] = uppers[i];
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "not a type of weights");
        }
    }
}
