namespace Llmc.Cpu;

/// <summary>Ranks that exchange: a place for each member's address and a barrier over all threads of all members.</summary>
sealed unsafe class ExchangeGroup(int members, int threads, StepFailure failure, int spins)
{
    readonly nint[] _shown = new nint[members];
    readonly TeamBarrier _barrier = new(threads, failure, spins);

    /// <summary>Ranks of the group.</summary>
    public int Members => members;

    /// <summary>Shows an address to the others; they see it after <see cref="Meet"/>.</summary>
    public void Show(int member, float* address) => _shown[member] = (nint)address;

    /// <summary>What a member showed.</summary>
    public float* ShownBy(int member) => (float*)_shown[member];

    /// <summary>Waits until every thread of every member is here.</summary>
    public void Meet() => _barrier.SignalAndWait();
}
