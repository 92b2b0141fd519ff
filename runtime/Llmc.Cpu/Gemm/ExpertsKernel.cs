using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>
/// An <see cref="ExpertsSpec"/> on this machine: sort the (token, slot) pairs by expert, multiply each expert's rows by its gate
/// and up, then by its down projection, and add each token's results in ascending expert order. Bits as in <see cref="GemmKernel"/>.
/// </summary>
abstract unsafe class ExpertsKernel : CpuKernel
{
    readonly ExpertsSpec _spec;
    readonly GemmKernel _gateUp;
    readonly GemmKernel _down;

    protected ExpertsKernel(ExpertsSpec spec, InstructionSet set, CodeImage code)
    {
        _spec = spec;
        _gateUp = GemmKernel.For(
            new GemmSpec(
                2 * spec.Intermediate, spec.HiddenSize, spec.Format, spec.Input, Bias: spec.Bias, Epilogue: Epilogue.Gated,
                Activation: spec.Activation, Gather: true), set, code);
        _down = GemmKernel.For(new GemmSpec(spec.HiddenSize, spec.Intermediate, spec.Format, spec.Input, Bias: spec.Bias), set, code);
    }

    /// <summary>The kernel for a machine with <paramref name="set"/>, with the engine's machine code where there is some.</summary>
    public static ExpertsKernel For(ExpertsSpec spec, InstructionSet set, CodeImage code) => set switch
    {
        InstructionSet.Portable => new ExpertsKernel<Lanes128>(spec, set, code),
        InstructionSet.Avx2 => new ExpertsKernel<Lanes256>(spec, set, code),
        _ => new ExpertsKernel<Lanes512>(spec, set, code),
    };

    public override void Execute(void* parameters, Team team)
    {
        ref var launch = ref *(ExpertsParameters*)parameters;
        var rows = new ExpertRows(_spec, launch);
        if (team.Thread == 0) rows.Sort();
        team.Barrier();
        PackInput(launch, rows, team);
        team.Barrier();
        for (var expert = 0; expert < _spec.Experts; expert++) _gateUp.MultiplyPanels(GateUp(launch, rows, expert), team);
        team.Barrier();
        _down.PackRows(AllHidden(rows), team);
        team.Barrier();
        for (var expert = 0; expert < _spec.Experts; expert++) _down.MultiplyPanels(Down(launch, rows, expert), team);
        team.Barrier();
        var (start, end) = team.Share(launch.Tokens);
        for (var token = start; token < end; token++) AddUp(launch, rows, token);
    }

    /// <summary>output[token] = Σ over its slots of weight · the slot's row.</summary>
    protected abstract void AddUp(in ExpertsParameters launch, in ExpertRows rows, int token);

    void PackInput(in ExpertsParameters launch, in ExpertRows rows, Team team) => _gateUp.PackRows(
        new GemmParameters
        {
            Tokens = rows.Count,
            Input = launch.Input,
            InputStride = _spec.HiddenSize,
            RowIndices = rows.Tokens,
            Workspace = rows.Input,
        },
        team);

    GemmParameters GateUp(in ExpertsParameters launch, in ExpertRows rows, int expert)
    {
        var (first, count) = rows.Of(expert);
        return new()
        {
            Tokens = count,
            Workspace = rows.Input + (long)first * PackedInput.RowBytes(_spec.Input, _spec.HiddenSize),
            Weight = launch.GateUp + expert * _spec.GateUp.Bytes,
            Bias = launch.GateUpBias + (long)expert * _spec.GateUp.Rows,
            Output = rows.Hidden + (long)first * _spec.Intermediate,
        };
    }

    GemmParameters AllHidden(in ExpertRows rows) => new()
    {
        Tokens = rows.Count,
        Input = rows.Hidden,
        InputStride = _spec.Intermediate,
        Workspace = rows.HiddenPacked,
    };

    GemmParameters Down(in ExpertsParameters launch, in ExpertRows rows, int expert)
    {
        var (first, count) = rows.Of(expert);
        return new()
        {
            Tokens = count,
            Workspace = rows.HiddenPacked + (long)first * PackedInput.RowBytes(_spec.Input, _spec.Intermediate),
            Weight = launch.Down + expert * _spec.Down.Bytes,
            Bias = launch.DownBias + (long)expert * _spec.HiddenSize,
            Output = rows.Output + (long)first * _spec.HiddenSize,
        };
    }
}

/// <summary>The same with registers of <typeparamref name="T"/>.</summary>
sealed unsafe class ExpertsKernel<T>(ExpertsSpec spec, InstructionSet set, CodeImage code) : ExpertsKernel(spec, set, code)
    where T : struct, ILanes<T>
{
    readonly ExpertsSpec _spec = spec;

    protected override void AddUp(in ExpertsParameters launch, in ExpertRows rows, int token)
    {
        var output = launch.Output + (long)token * _spec.HiddenSize;
        new Span<float>(output, _spec.HiddenSize).Clear();
        for (var slot = token * _spec.Selected; slot < (token + 1) * _spec.Selected; slot++)
            if (rows.RowOf(slot) is >= 0 and var row)
                AddScaled(output, rows.Output + (long)row * _spec.HiddenSize, launch.Weights[slot]);
    }

    void AddScaled(float* sum, float* x, float weight)
    {
        var k = 0;
        for (; k + T.Count <= _spec.HiddenSize; k += T.Count)
            T.Store(T.MultiplyAdd(T.Load(x + k), T.Broadcast(weight), T.Load(sum + k)), sum + k);
        if (_spec.HiddenSize - k is > 0 and var rest)
            Lines.StoreFirst(T.MultiplyAdd(Lines.LoadFirst<T>(x + k, rest), T.Broadcast(weight), Lines.LoadFirst<T>(sum + k, rest)), sum + k, rest);
    }
}
