using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>What an epilogue needs to know of a register's channels.</summary>
/// <param name="scale">Of the stored weights; 1 where the format has none.</param>
/// <param name="bias">0 where there is none.</param>
/// <param name="correction">int32: what the offset of int8 inputs adds to every sum.</param>
readonly struct Channels<T>(T scale, T bias, T correction) where T : struct, ILanes<T>
{
    public readonly T Scale = scale;
    public readonly T Bias = bias;
    public readonly T Correction = correction;
}

/// <summary>Reads them from the packed matrix and the bias.</summary>
sealed unsafe class ChannelReader<T>(GemmSpec spec, int inputOffset) where T : struct, ILanes<T>
{
    readonly long _scalesOffset = spec.Weight.ScalesOffset;
    readonly long _sumsOffset = spec.Weight.SumsOffset;
    readonly int _rows = spec.Weight.Rows;
    /// <summary>Σ (q + 128) · w = Σ q · w + 128 · Σ w.</summary>
    readonly bool _corrected = spec.Format == WeightFormat.I8 && inputOffset != 0;
    readonly bool _scaled = spec.Format is WeightFormat.F8E4M3 or WeightFormat.I8;

    public Channels<T> Read(in GemmParameters launch, int channel) => new(
        _scaled ? T.Load((float*)(launch.Weight + _scalesOffset) + channel) : T.Broadcast(1f),
        spec.Bias ? Bias(launch.Bias + channel, _rows - channel) : default,
        _corrected ? T.ShiftLeft(T.Load((float*)(launch.Weight + _sumsOffset) + channel), 7) : default);

    static T Bias(float* bias, int count) => count >= T.Count ? T.Load(bias) : Lines.LoadFirst<T>(bias, count);
}
