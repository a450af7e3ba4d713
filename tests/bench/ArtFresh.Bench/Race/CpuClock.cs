using System.Globalization;

namespace ArtFresh.Bench;

/// <summary>Processor time of processes with their children, in microseconds, as the operating system counts it (in steps of 10 ms).</summary>
internal static class CpuClock
{
    private const double MicrosecondsPerTick = 10_000;

    public static double Read(IEnumerable<int> processIds)
    {
        var parents = ReadAll();
        return processIds.Sum(root => parents.Where(process => DescendsFrom(process.Key, root, parents)).Sum(process => process.Value.Microseconds));
    }

    /// <summary>The same of all processes that this one has started and that have ended.</summary>
    public static double ReadEndedChildren() => FieldsOf("/proc/self")[13..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) * MicrosecondsPerTick;

    private static bool DescendsFrom(int processId, int root, Dictionary<int, (int Parent, double Microseconds)> parents)
    {
        for (var id = processId; parents.TryGetValue(id, out var process); id = process.Parent)
        {
            if (id == root)
            {
                return true;
            }
        }

        return false;
    }

    private static Dictionary<int, (int Parent, double Microseconds)> ReadAll()
    {
        var processes = new Dictionary<int, (int, double)>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && TryRead(directory) is { } stat)
            {
                processes[id] = stat;
            }
        }

        return processes;
    }

    /// <summary>proc(5): after the name in parentheses come the state (3), the parent (4), and utime, stime, cutime and cstime (14 to 17).</summary>
    private static string[] FieldsOf(string directory)
    {
        var stat = File.ReadAllText(Path.Combine(directory, "stat"));
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static (int Parent, double Microseconds)? TryRead(string directory)
    {
        try
        {
            var fields = FieldsOf(directory);
            var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), ticks * MicrosecondsPerTick);
        }
        catch (IOException)
        {
            // Gone in the meantime.
            return null;
        }
    }
}
