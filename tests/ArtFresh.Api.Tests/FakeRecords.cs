using System.Collections.Concurrent;
using ArtFresh.Contracts;

namespace ArtFresh.Api.Tests;

/// <summary>Keeps what it is told, for each listener. Artwork 7 was served to everybody, artwork 8 is one too many to keep, and no other was served.</summary>
public sealed class FakeRecords : IListenerRecordsGrain
{
    public static DateTimeOffset At { get; } = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What pages were asked for.</summary>
    public ConcurrentQueue<(string ListenerId, string? Before, int Count)> Asked { get; } = new();

    public ConcurrentDictionary<(string ListenerId, long ArtworkId), bool> Kept { get; } = new();

    public Task<OwnArtworks?> ReadShown(string listenerId, string? before, int count) => ReadAsync(listenerId, before, count, At);

    public Task<OwnArtworks?> ReadKept(string listenerId, string? before, int count) => ReadAsync(listenerId, before, count, null);

    /// <summary>How often it was asked to change what is kept.</summary>
    public int Writes { get; private set; }

    public Task<KeepOutcome> Keep(string listenerId, long artworkId)
    {
        Writes++;
        if (artworkId == 7)
        {
            Kept[(listenerId, artworkId)] = true;
        }

        return Task.FromResult(artworkId switch { 7 => KeepOutcome.Kept, 8 => KeepOutcome.Full, _ => KeepOutcome.NotServed });
    }

    public Task Unkeep(string listenerId, long artworkId)
    {
        Writes++;
        Kept.TryRemove((listenerId, artworkId), out _);
        return Task.CompletedTask;
    }

    public Task<bool> Keeps(string listenerId, long artworkId) => Task.FromResult(Kept.ContainsKey((listenerId, artworkId)));

    /// <summary>Listeners who are erased.</summary>
    public ConcurrentDictionary<string, bool> Erased { get; } = new();

    /// <summary>Accounts by the listeners who have joined them.</summary>
    public ConcurrentDictionary<string, string> Accounts { get; } = new();

    public Task<string?> FindAccount(string listenerId) => Task.FromResult(Accounts.GetValueOrDefault(listenerId));

    public Task<ExportPart> Export(string listenerId, string? place) => Task.FromResult(
        place is null ? new ExportPart(["{\"part\":1}", "{\"part\":2}"], "rest") : new ExportPart(["{\"part\":3}"], null));

    public Task<long> AskErasure(string listenerId)
    {
        Erased[listenerId] = true;
        return Task.FromResult(42L);
    }

    public Task<bool> IsErased(string listenerId) => Task.FromResult(Erased.ContainsKey(listenerId));

    private Task<OwnArtworks?> ReadAsync(string listenerId, string? before, int count, DateTimeOffset? shownAt)
    {
        Asked.Enqueue((listenerId, before, count));
        var artwork = new Artwork(7, "neural", "g", null, new Mood(0.5, 0.25), At, "A title", null);
        var keptAt = Kept.ContainsKey((listenerId, 7)) ? At : (DateTimeOffset?)null;
        return Task.FromResult(before == "nonsense" ? null : new OwnArtworks(Erased.ContainsKey(listenerId) ? [] : [new OwnArtwork(artwork, shownAt, keptAt)], before is null ? "place" : null));
    }
}
