namespace ArtFresh.Bench;

/// <summary>A server that takes the load, with its data.</summary>
internal abstract class Contestant(string name, World world) : IAsyncDisposable
{
    public string Name { get; } = name;

    /// <summary>What it has before the load begins.</summary>
    public World World { get; } = world;

    /// <summary>Whether it can be asked afterwards for what it was sent.</summary>
    public bool Keeps { get; protected init; } = true;

    /// <summary>What it can be asked for: w, w1, r, m, deep, shallow, constant.</summary>
    public abstract IReadOnlyCollection<string> Works { get; }

    /// <summary>Where the load goes.</summary>
    public abstract Uri Address { get; }

    /// <summary>Its own processes by what they do; a database that others share is not among them.</summary>
    public abstract IReadOnlyDictionary<string, int> Processes { get; }

    /// <summary>The file of its listeners, by work.</summary>
    public abstract string WorldOf(string work);

    /// <summary>Makes its world and starts.</summary>
    /// <param name="works">What it will be asked for: whom nobody asks for is not made.</param>
    public abstract Task StartAsync(IReadOnlyCollection<string> works);

    /// <summary>Impressions that are durably there.</summary>
    public abstract Task<long> CountImpressionsAsync();

    /// <summary>Room that the impressions and their indexes take on disk, or null where the store does not tell.</summary>
    public abstract Task<long?> ReadDiskBytesAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>How many batches, or singles, each listener has sent.</summary>
    public long BatchesSent { get; set; }

    /// <inheritdoc cref="BatchesSent"/>
    public long SinglesSent { get; set; }
}
