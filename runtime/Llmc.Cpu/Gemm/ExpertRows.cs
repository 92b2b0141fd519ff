using Llmc.Artifact;

namespace Llmc.Cpu;

/// <summary>The rows of an experts launch: one for each (token, slot) whose expert is local, sorted by expert, then by token.</summary>
readonly unsafe struct ExpertRows
{
    readonly ExpertsSpec _spec;
    readonly ExpertsParameters _launch;
    readonly int* _starts;
    readonly int* _rows;

    public ExpertRows(ExpertsSpec spec, in ExpertsParameters launch)
    {
        (_spec, _launch) = (spec, launch);
        var parts = ExpertsWorkspace.For(spec, launch.Tokens);
        _starts = (int*)(launch.Workspace + parts.Order);
        Tokens = _starts + spec.Experts + 1;
        _rows = Tokens + launch.Tokens * spec.Selected;
        Input = launch.Workspace + parts.Input;
        Hidden = (float*)(launch.Workspace + parts.Hidden);
        HiddenPacked = launch.Workspace + parts.HiddenPacked;
        Output = (float*)(launch.Workspace + parts.Output);
    }

    /// <summary>i32[Count]: the token of each row.</summary>
    public int* Tokens { get; }
    /// <summary>Packed x of each row.</summary>
    public byte* Input { get; }
    /// <summary>f32[Count, F].</summary>
    public float* Hidden { get; }
    public byte* HiddenPacked { get; }
    /// <summary>f32[Count, E].</summary>
    public float* Output { get; }

    /// <summary>Rows in all; known after <see cref="Sort"/>.</summary>
    public int Count => _starts[_spec.Experts];

    /// <summary>The rows of a local expert.</summary>
    public (int First, int Count) Of(int expert) => (_starts[expert], _starts[expert + 1] - _starts[expert]);

    /// <summary>The row of (token, slot) number <paramref name="slot"/>; -1 when its expert lives on another rank.</summary>
    public int RowOf(int slot) => _rows[slot];

    /// <summary>Counting sort: starts[e + 1] counts, then is the next free row of e, and so ends as the start of e + 1.</summary>
    public void Sort()
    {
        var slots = _launch.Tokens * _spec.Selected;
        new Span<int>(_starts, _spec.Experts + 1).Clear();
        for (var slot = 0; slot < slots; slot++)
            if (LocalExpert(slot) is >= 0 and var expert && expert + 2 <= _spec.Experts) _starts[expert + 2]++;
        for (var expert = 1; expert <= _spec.Experts; expert++) _starts[expert] += _starts[expert - 1];
        for (var slot = 0; slot < slots; slot++)
        {
            var expert = LocalExpert(slot);
            _rows[slot] = expert < 0 ? -1 : _starts[expert + 1]++;
            if (expert >= 0) Tokens[_rows[slot]] = slot / _spec.Selected;
        }
    }

    /// <summary>Number among this rank's experts, or -1.</summary>
    int LocalExpert(int slot) =>
        _launch.Experts[slot] - _spec.FirstExpert is >= 0 and var expert && expert < _spec.Experts ? expert : -1;
}
