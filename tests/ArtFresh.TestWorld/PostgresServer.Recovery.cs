using Npgsql;

namespace ArtFresh.TestWorld;

/// <summary>Recovery up to a point in time, from a copy of the files and the archived log.</summary>
public sealed partial class PostgresServer
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts one that archives its log.</summary>
    public static PostgresServer StartArchiving() => Start("archive_mode=on", "archive_command='mkdir -p ../archive && cp %p ../archive/%f'");

    /// <summary>A copy of this server's files, which does not run yet.</summary>
    public PostgresServer NewBaseBackup()
    {
        var copy = new PostgresServer(_binaries, []);
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", copy._directory);
        }

        lock (copy._switching)
        {
            RunAsUser("pg_basebackup", "-h", "127.0.0.1", "-p", Port, "-U", "artfresh", "-D", copy.Data, "-X", "stream", "--checkpoint=fast", "--no-sync");
        }

        return copy;
    }

    /// <summary>Names this moment.</summary>
    public void Mark(string name) => Ask($"select pg_create_restore_point('{name}') is not null");

    /// <summary>Waits until all that was written is archived.</summary>
    public void Archive()
    {
        var last = (string)Ask("select pg_walfile_name(pg_switch_wal())")!;
        Until($"select coalesce(last_archived_wal >= '{last}', false) from pg_stat_archiver");
    }

    /// <summary>Starts this copy with all that another server had archived up to a named moment.</summary>
    public void RecoverTo(PostgresServer other, string name)
    {
        ArgumentNullException.ThrowIfNull(other);
        File.AppendAllText(
            Path.Combine(Data, "postgresql.auto.conf"),
            $"""

            restore_command = 'cp {other._directory}/archive/%f "%p"'
            recovery_target_name = '{name}'
            recovery_target_action = 'promote'

            """);
        File.WriteAllText(Path.Combine(Data, "recovery.signal"), "");
        Resume();
        Until("select not pg_is_in_recovery()");
    }

    private void Until(string isSo)
    {
        while (Ask(isSo) is not true)
        {
            Thread.Sleep(Look);
        }
    }

    private object? Ask(string sql)
    {
        using var connection = new NpgsqlConnection(Maintenance + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
