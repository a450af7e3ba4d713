using System.Data.Common;
using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage;

/// <summary>Rows of the ledger as they come out of either database, where both give their columns in the same order.</summary>
internal static class StoredRows
{
    /// <summary>What <see cref="ReadArtwork"/> and <see cref="ReadViews"/> take, from the table <c>artwork</c>.</summary>
    public const string ArtworkColumns = "artwork_id, generator, genome, picture_hash, valence, energy, created_at, title, author, viewed_at";

    /// <summary>What <see cref="ReadBatch"/> takes: <c>impression_batch</c> as b, <c>session</c> as s.</summary>
    public const string BatchColumns = "b.position, s.release, s.opened_at, b.received_at, b.impressions, b.duplicates, b.report, b.account";

    public static Artwork ReadArtwork(DbDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.IsDBNull(2) ? null : row.GetString(2),
        row.IsDBNull(3) ? null : row.GetString(3),
        new Mood(row.GetDouble(4), row.GetDouble(5)),
        Time(row.GetInt64(6)),
        row.GetString(7),
        row.IsDBNull(8) ? null : row.GetString(8));

    /// <summary>Behind the artwork's columns, its page of views, or null.</summary>
    public static ArtworkViews ReadViews(DbDataReader row)
    {
        var artwork = ReadArtwork(row);
        var (count, lastViewedAt) = ViewsPage.FromBytes(row.IsDBNull(10) ? null : row.GetFieldValue<byte[]>(10)).Read(artwork.ArtworkId);
        return new ArtworkViews(artwork, row.IsDBNull(9) ? null : Time(row.GetInt64(9)), count, lastViewedAt);
    }

    public static LoggedBatch ReadBatch(DbDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        Time(row.GetInt64(2)),
        Time(row.GetInt64(3)),
        row.GetFieldValue<byte[]>(4),
        row.GetInt32(5),
        row.IsDBNull(6) ? null : JsonSerializer.Deserialize<DeliveryReport>(row.GetString(6)),
        row.IsDBNull(7) ? null : row.GetInt64(7));

    /// <summary>Release, opened at, missing, ended at, last batch at.</summary>
    public static SessionGap ReadGap(DbDataReader row) => new(
        row.GetString(0), Time(row.GetInt64(1)), row.GetInt64(2), row.IsDBNull(3) ? null : Time(row.GetInt64(3)), Time(row.GetInt64(4)));

    /// <summary>Release, hour, counter, amount.</summary>
    public static CounterAdded ReadCounter(DbDataReader row) => new(row.GetString(0), Time(row.GetInt64(1)), row.GetString(2), row.GetInt64(3));

    /// <summary>Content hash, artwork id.</summary>
    public static KeyValuePair<string, long> ReadContent(DbDataReader row) => new(row.GetString(0), row.GetInt64(1));

    /// <summary>The first column.</summary>
    public static long ReadNumber(DbDataReader row) => row.GetInt64(0);

    /// <summary>No session that was opened at that time or later has a smaller id: ids begin with the time (RFC 9562, version 7).</summary>
    public static Guid FirstIdOf(DateTimeOffset time)
    {
        var bytes = Guid.CreateVersion7(time).ToByteArray(bigEndian: true);
        bytes.AsSpan(6).Clear();
        return new Guid(bytes, bigEndian: true);
    }

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
