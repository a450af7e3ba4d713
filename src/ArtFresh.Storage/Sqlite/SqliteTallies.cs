using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Tables <c>tally_checkpoint</c>, <c>noted_views</c>, <c>release_counter</c>, <c>release_minute</c> and <c>release_network</c>, written in one transaction, so that each row is added up once.</summary>
internal sealed class SqliteTallies(SqliteConnection connection) : IDisposable
{
    private readonly Statement _start = new(
        connection, "insert into tally_checkpoint (writer_number, position) values ($writer, 0) on conflict (writer_number) do nothing", "$writer");

    private readonly Statement _advance = new(
        connection,
        "update tally_checkpoint set position = $to where writer_number = $writer and position = $from",
        "$to", "$writer", "$from");

    private readonly Statement _strikeLater = new(
        connection, StruckBatches.StrikeLater("$writer", "$from", "$to"), "$writer", "$from", "$to");

    private readonly Statement _note = new(
        connection,
        "insert into noted_views (writer_number, position, noted_at, pages, views) values ($writer, $position, $at, $pages, $views)",
        "$writer", "$position", "$at", "$pages", "$views");

    private readonly Statement _count = new(
        connection,
        """
        insert into release_counter (release, hour, counter, amount) values ($release, $hour, $counter, $amount)
        on conflict do update set amount = amount + excluded.amount
        """,
        "$release", "$hour", "$counter", "$amount");

    private readonly Statement _countMinute = new(
        connection,
        """
        insert into release_minute (release, minute, counter, amount) values ($release, $minute, $counter, $amount)
        on conflict do update set amount = amount + excluded.amount
        """,
        "$release", "$minute", "$counter", "$amount");

    private readonly Statement _readNetworks = new(connection, "select counts from release_network where minute = $minute and release = $release", "$minute", "$release");

    private readonly Statement _writeNetworks = new(
        connection,
        "insert into release_network (minute, release, counts) values ($minute, $release, $counts) on conflict do update set counts = excluded.counts",
        "$minute", "$release", "$counts");

    /// <returns>False when the checkpoint is elsewhere: another tally has added these rows up.</returns>
    public bool Advance(SqliteTransaction transaction, TallyAdvanced advanced)
    {
        _start.Run(transaction, advanced.WriterNumber);
        if (_advance.Run(transaction, advanced.ToPosition, advanced.WriterNumber, advanced.FromPosition) == 0)
        {
            return false;
        }

        _strikeLater.Run(transaction, advanced.WriterNumber, advanced.FromPosition, advanced.ToPosition);
        if (NotedViews.Of(advanced) is { } noted)
        {
            _note.Run(transaction, advanced.WriterNumber, advanced.ToPosition, noted.At.ToUnixTimeMilliseconds(), noted.Pages, noted.Views);
        }

        foreach (var counter in advanced.Counters)
        {
            _count.Run(transaction, counter.Release, counter.Hour.ToUnixTimeMilliseconds(), counter.Counter, counter.Amount);
        }

        foreach (var minute in advanced.Minutes)
        {
            _countMinute.Run(transaction, minute.Release, minute.Hour.ToUnixTimeMilliseconds(), minute.Counter, minute.Amount);
        }

        foreach (var (release, at, added) in advanced.Networks ?? [])
        {
            var minute = at.ToUnixTimeMilliseconds();
            var counts = (byte[]?)_readNetworks.Read(transaction, minute, release) is { } before ? NetworkCounts.Unpack(before) : new NetworkCounts();
            counts.Add(added);
            _writeNetworks.Run(transaction, minute, release, counts.Pack());
        }

        return true;
    }

    public void Dispose()
    {
        _start.Dispose();
        _advance.Dispose();
        _strikeLater.Dispose();
        _note.Dispose();
        _count.Dispose();
        _countMinute.Dispose();
        _readNetworks.Dispose();
        _writeNetworks.Dispose();
    }
}
