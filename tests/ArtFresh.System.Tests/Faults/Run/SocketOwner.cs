using System.Globalization;

namespace ArtFresh.SystemTests.Faults;

/// <summary>Which process a connection over loopback comes from, as Linux tells it.</summary>
internal static class SocketOwner
{
    /// <summary>The number of the candidate that holds the socket whose own port this is, or null.</summary>
    public static int? Find(int port, IEnumerable<int> candidates)
    {
        var sockets = InodesOf(port).Select(inode => $"socket:[{inode}]").ToHashSet();
        return candidates.Cast<int?>().FirstOrDefault(process => LinksOf(process!.Value).Any(sockets.Contains));
    }

    private static IEnumerable<string> InodesOf(int port)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        foreach (var table in new[] { "/proc/net/tcp", "/proc/net/tcp6" })
        {
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields[1].EndsWith(suffix, StringComparison.Ordinal))
                {
                    yield return fields[9];
                }
            }
        }
    }

    private static IEnumerable<string> LinksOf(int process)
    {
        string[] descriptors;
        try
        {
            descriptors = Directory.GetFiles($"/proc/{process}/fd");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        foreach (var descriptor in descriptors)
        {
            string? link = null;
            try
            {
                link = File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name;
            }
            catch (IOException)
            {
                // Closed since.
            }

            if (link is not null)
            {
                yield return link;
            }
        }
    }
}
