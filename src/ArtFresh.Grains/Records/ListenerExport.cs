using System.Text.Json;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Records;

/// <summary>Writes what is held of a person as lines of JSON: the person, sessions with their batches and impressions, what was served, what is kept. One part an instance.</summary>
public sealed class ListenerExport(IListenerRecords records, IListenerHistory history, IListenerAliases aliases, IReadOnlyList<string> listenerIds)
{
    private const int RowsPerPart = 64;

    private const int FoldedPerPart = 4_096;

    private readonly List<string> _lines = [];

    /// <summary>What a part begins with: one of the person's ids, what of it, and where there.</summary>
    private readonly record struct Place(int Listener, char What, string From);

    /// <summary>Reads a part.</summary>
    /// <param name="text">Where it begins; null for the first.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The part, and where the next begins; null after the last. Null altogether for a place that is none.</returns>
    public async Task<(IReadOnlyList<string> Lines, string? Next)?> ReadAsync(string? text, CancellationToken cancellationToken)
    {
        if (Parse(text) is not { } place)
        {
            return null;
        }

        var listenerId = listenerIds[place.Listener];
        var next = place.What switch
        {
            'p' => await AddPersonAsync(listenerId, cancellationToken),
            's' => await AddSessionAsync(listenerId, place.From, cancellationToken),
            'f' => await AddFoldedAsync(listenerId, place.From, cancellationToken),
            'b' => await AddBlocksAsync(listenerId, place.From, cancellationToken),
            _ => await AddKeptAsync(listenerId, place.From, cancellationToken),
        };
        var hasMore = place.Listener + 1 < listenerIds.Count;
        return (_lines, next is not null ? $"{place.Listener}/{next}" : hasMore ? $"{place.Listener + 1}/p/" : null);
    }

    private Place? Parse(string? text)
    {
        var parts = (text ?? "0/p/").Split('/');
        return parts.Length == 3 && int.TryParse(parts[0], out var listener) && listener >= 0 && listener < listenerIds.Count && parts[1] is "p" or "s" or "f" or "b" or "k"
            ? new Place(listener, parts[1][0], parts[2])
            : null;
    }

    private async Task<string?> AddPersonAsync(string listenerId, CancellationToken cancellationToken)
    {
        var joined = await aliases.ReadGuestsAsync(listenerId, cancellationToken);
        Add(new { kind = "listener", listenerId });
        foreach (var guest in joined)
        {
            Add(new { kind = "joined", guest = guest.Guest, account = guest.Account, joinedAt = guest.JoinedAt });
        }

        foreach (var strike in await records.ReadStrikesAsync(listenerId, cancellationToken))
        {
            Add(new { kind = "struck", strike.StruckAt, network = strike.Network == 0 ? (long?)null : strike.Network, strike.Day });
        }

        return "s/";
    }

    private async Task<string?> AddSessionAsync(string listenerId, string from, CancellationToken cancellationToken)
    {
        var place = ShownPlace.TryParse(from, out var found) ? found : default(ShownPlace?);
        var sessions = await records.ReadSessionsBackAsync(listenerId, place?.SessionId, 2, cancellationToken);
        if (sessions.Count == 0)
        {
            return "f/0";
        }

        var (session, after) = (sessions[0], sessions.ElementAtOrDefault(1));
        if (place is null || place.Value.BatchNumber == long.MaxValue)
        {
            Add(new { kind = "session", sessionId = session.SessionId, session.Release, openedAt = session.OpenedAt, endedAt = session.EndedAt });
        }

        var batches = await records.ReadBatchesBackAsync(session.SessionId, place?.BatchNumber ?? long.MaxValue, RowsPerPart, cancellationToken);
        foreach (var batch in batches)
        {
            AddImpressions(session.SessionId, batch);
        }

        if (batches.Count == RowsPerPart && batches[^1].Number > 1)
        {
            return $"s/{new ShownPlace(session.SessionId, batches[^1].Number - 1, 0)}";
        }

        return after is null ? "f/0" : $"s/{ShownPlace.NewestOf(after.SessionId)}";
    }

    private void AddImpressions(Guid sessionId, RecordedBatch batch)
    {
        var times = batch.DisplayedAt is { } packed ? PackedIds.Unpack(packed) : null;
        var impressions = PackedImpressions.Unpack(batch.Impressions);
        // The ledger knows how many of a batch's repeats were on purpose, and not which.
        var areRevisits = batch.Revisits > 0 && batch.Revisits == impressions.Count(impression => impression.Outcome == ImpressionOutcome.Repeat);
        Add(new
        {
            kind = "batch",
            sessionId,
            batchId = batch.BatchId,
            receivedAt = batch.ReceivedAt,
            revisits = batch.Revisits,
            network = batch.Network == 0 ? (long?)null : batch.Network,
            report = StoredReport.Read(batch.Report),
        });
        foreach (var (i, impression) in impressions.Index())
        {
            Add(new
            {
                kind = "impression",
                sessionId,
                number = impression.Number,
                artworkId = impression.ArtworkId,
                outcome = areRevisits && impression.Outcome == ImpressionOutcome.Repeat ? "revisit" : JsonNamingPolicy.CamelCase.ConvertName(impression.Outcome.ToString()),
                displayedAt = times is null ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(times[i]),
                receivedAt = batch.ReceivedAt,
            });
        }
    }

    /// <summary>What the listener was served in blocks that are dropped, which a snapshot holds.</summary>
    private async Task<string?> AddFoldedAsync(string listenerId, string from, CancellationToken cancellationToken)
    {
        var skipped = int.TryParse(from, out var number) && number > 0 ? number : 0;
        var without = 0L;
        var read = await history.ReadLogAsync(listenerId, without, cancellationToken);
        while (read.Newest is { } damaged && damaged.TryUnpack() is null)
        {
            without |= 1L << damaged.Snapshot.Slot;
            read = await history.ReadLogAsync(listenerId, without, cancellationToken);
        }

        if (read.Newest is not { } newest || newest.TryUnpack() is not { } folded)
        {
            return "b/0";
        }

        var some = folded.Served.Skip(skipped).Take(FoldedPerPart).ToArray();
        Add(new { kind = "servedUpTo", block = newest.Snapshot.BlockNumber, savedAt = newest.Snapshot.SavedAt, artworkIds = some, givenBackIds = skipped == 0 ? folded.GivenBack : [] });
        return some.Length == FoldedPerPart ? $"f/{skipped + FoldedPerPart}" : "b/0";
    }

    private async Task<string?> AddBlocksAsync(string listenerId, string from, CancellationToken cancellationToken)
    {
        var after = long.TryParse(from, out var number) ? number : 0;
        var blocks = await history.ReadBlocksAsync(listenerId, after, cancellationToken);
        foreach (var block in blocks.Take(RowsPerPart))
        {
            Add(new
            {
                kind = "served",
                block = block.BlockNumber,
                why = block.IsJoining ? "joined" : JsonNamingPolicy.CamelCase.ConvertName(block.Kind.ToString()),
                // Rows of no session have a mark there.
                sessionId = block.Kind is BlockKind.Backfilled or BlockKind.Closed or BlockKind.Undone ? (Guid?)null : block.SessionId,
                artworkIds = block.ArtworkIds,
                returnedIds = block.ReturnedIds,
            });
        }

        return blocks.Count > RowsPerPart ? $"b/{blocks[RowsPerPart - 1].BlockNumber}" : "k/";
    }

    private async Task<string?> AddKeptAsync(string listenerId, string from, CancellationToken cancellationToken)
    {
        var before = KeptPlace.TryParse(from, out var place) ? place : default(KeptArtwork?);
        var kept = await records.ReadKeptBackAsync(listenerId, before, RowsPerPart, cancellationToken);
        foreach (var one in kept)
        {
            Add(new { kind = "kept", artworkId = one.ArtworkId, keptAt = one.KeptAt });
        }

        return kept.Count == RowsPerPart ? $"k/{KeptPlace.ToText(kept[^1])}" : null;
    }

    private void Add(object line) => _lines.Add(JsonSerializer.Serialize(line, JsonSerializerOptions.Web));
}
