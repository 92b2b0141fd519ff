using System.Diagnostics;

namespace Llmc.Cpu;

/// <summary>Times work that all threads of a team do together.</summary>
static class TeamStopwatch
{
    /// <summary>Seconds from the moment all threads are there until the last is done.</summary>
    public static double Run(int threads, Action<Team> work)
    {
        var barrier = new TeamBarrier(threads);
        var seconds = 0.0;
        void Take(int thread)
        {
            var team = new Team(thread, barrier);
            team.Barrier();
            var start = Stopwatch.GetTimestamp();
            work(team);
            team.Barrier();
            if (thread == 0) seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        var others = Enumerable.Range(1, threads - 1).Select(thread => new Thread(() => Take(thread))).ToList();
        others.ForEach(other => other.Start());
        Take(0);
        others.ForEach(other => other.Join());
        return seconds;
    }
}
