namespace Llmc.Cpu.Tests;

/// <summary>Runs a kernel as a rank does: every thread of the team with the same parameters.</summary>
static unsafe class SpmdRun
{
    public static void Execute(CpuKernel kernel, void* parameters, int threads)
    {
        var barrier = new TeamBarrier(threads);
        var helpers = new Thread[threads - 1];
        for (var i = 1; i < threads; i++)
        {
            var team = new Team(i, barrier);
            helpers[i - 1] = new Thread(() => kernel.Execute(parameters, team));
            helpers[i - 1].Start();
        }
        kernel.Execute(parameters, new Team(0, barrier));
        foreach (var helper in helpers) helper.Join();
    }
}
