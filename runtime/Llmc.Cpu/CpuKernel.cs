namespace Llmc.Cpu;

/// <summary>
/// A kernel made ready for this machine: every thread of a rank's team calls <see cref="Execute"/> with the same parameters
/// and does its share. The launcher puts a barrier after each launch; a kernel of several phases calls
/// <see cref="Team.Barrier"/> between them.
/// </summary>
abstract unsafe class CpuKernel
{
    /// <summary>Does this thread's share of one launch. Allocates nothing.</summary>
    /// <param name="parameters">The parameter struct that the kernel's spec names.</param>
    /// <param name="team">This thread's place in the rank's team.</param>
    public abstract void Execute(void* parameters, Team team);
}
