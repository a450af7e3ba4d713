using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace ArtFresh.TestWorld;

/// <summary>A PostgreSQL server of the test's own, in a folder of its own. It refuses to run as root: then it runs as the system user <c>postgres</c>.</summary>
public sealed partial class PostgresServer : IDisposable
{
    private static readonly Lazy<PostgresServer> SharedServer = new(() => Start());

    private readonly string _directory = Directory.CreateTempSubdirectory("artfresh-pg-").FullName;
    private readonly string _binaries;
    private readonly int _port = FreePort.Find();
    private readonly string[] _settings;
    private readonly IDisposable _endedWithProgram;
    private readonly Lock _switching = new();
    private int _databases;

    private PostgresServer(string binaries, string[] settings)
    {
        (_binaries, _settings) = (binaries, settings);
        _endedWithProgram = EndedWithProgram.Add(End);
    }

    /// <summary>One for all tests that leave it running and have databases of their own: starting one takes seconds. It ends with the program.</summary>
    public static PostgresServer Shared => SharedServer.Value;

    /// <summary>Whether its programs are installed.</summary>
    public static bool IsInstalled => FindBinaries() is not null;

    /// <summary>Starts one, with every commit forced to disk.</summary>
    /// <param name="settings">Besides the defaults, as <c>name=value</c>.</param>
    public static PostgresServer Start(params string[] settings)
    {
        var server = new PostgresServer(
            FindBinaries() ?? throw new FileNotFoundException("PostgreSQL is not installed: install the package postgresql."), settings);
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", server._directory);
        }

        lock (server._switching)
        {
            server.RunAsUser("initdb", "-D", server.Data, "-A", "trust", "-U", "artfresh", "--encoding=UTF8", "--locale=C", "--no-sync");
            server.Resume();
        }

        return server;
    }

    /// <summary>Starts an asynchronous standby of this server.</summary>
    public PostgresServer NewStandby()
    {
        var standby = new PostgresServer(_binaries, _settings);
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", standby._directory);
        }

        lock (standby._switching)
        {
            RunAsUser(
                "pg_basebackup", "-h", "127.0.0.1", "-p", Port, "-U", "artfresh", "-D", standby.Data, "-R", "-X", "stream", "--checkpoint=fast", "--no-sync");
            standby.Resume();
        }

        return standby;
    }

    /// <summary>The standby receives nothing more: what the other server commits from here on is lost when this one is promoted.</summary>
    public void StopReceiving() => RunAsUser(
        "psql", "-h", "127.0.0.1", "-p", Port, "-U", "artfresh", "-d", "postgres", "-c", "alter system set primary_conninfo = ''", "-c", "select pg_reload_conf()");

    /// <summary>The standby becomes a server of its own.</summary>
    public void Promote() => RunAsUser("pg_ctl", "-D", Data, "-w", "promote");

    /// <summary>How to connect to a database of this server, or of another where that one is the primary.</summary>
    public string OrOf(PostgresServer other, string connectionString) => connectionString.Replace(
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port}"),
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1:{_port},127.0.0.1:{other._port};Target Session Attributes=primary"),
        StringComparison.Ordinal);

    /// <summary>How to connect to another server's database here, of which this is a standby.</summary>
    public string At(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Port = _port }.ToString();

    private string Port => _port.ToString(CultureInfo.InvariantCulture);

    /// <summary>Process id of the server, whose children serve the connections.</summary>
    public int Id => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>How to connect to the database that every server has.</summary>
    public string Maintenance => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=artfresh;Database=postgres");

    private string Data => Path.Combine(_directory, "data");

    /// <summary>Starts the server again after <see cref="Stop"/>.</summary>
    public void Resume()
    {
        lock (_switching)
        {
            RunAsUser(
                "pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_directory, "log"),
                "-o", string.Create(CultureInfo.InvariantCulture, $"-p {_port} -k {_directory} -c listen_addresses=127.0.0.1 -c max_connections=800{string.Concat(_settings.Select(setting => " -c " + setting))}"), "start");
        }
    }

    /// <summary>Stops the server.</summary>
    /// <param name="mode"><c>fast</c> ends sessions, <c>immediate</c> is a crash.</param>
    public void Stop(string mode) => RunAsUser("pg_ctl", "-D", Data, "-w", "-m", mode, "stop");

    /// <summary>Makes a new database.</summary>
    /// <param name="template">A database that nobody is connected to, to copy; null for an empty one.</param>
    /// <returns>How to connect to it.</returns>
    public string NewDatabase(string? template = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        RunAsUser("createdb", "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "artfresh", "-T", template ?? "template0", name);
        return string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=artfresh;Database={name}");
    }

    /// <summary>All that a database holds, as <c>pg_dump</c> writes it in SQL.</summary>
    public byte[] Dump(string connectionString)
    {
        var file = Path.Combine(_directory, "dump");
        RunAsUser(
            "pg_dump", "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "artfresh", "-f", file, new NpgsqlConnectionStringBuilder(connectionString).Database!);
        return File.ReadAllBytes(file);
    }

    /// <summary>Dumps a database, and restores the dump into a new one.</summary>
    /// <returns>How to connect to it.</returns>
    public string Restored(string connectionString)
    {
        var copy = NewDatabase();
        var dump = Path.Combine(_directory, $"{Guid.CreateVersion7():N}.dump");
        RunAsUser("pg_dump", "-h", "127.0.0.1", "-p", Port, "-U", "artfresh", "-Fc", "-f", dump, NameOf(connectionString));
        RunAsUser("pg_restore", "-h", "127.0.0.1", "-p", Port, "-U", "artfresh", "--exit-on-error", "-d", NameOf(copy), dump);
        return copy;
    }

    /// <summary>Puts a copy in a database's place, whoever is connected to it.</summary>
    public void Replace(string connectionString, string copy)
    {
        var (live, other) = (NameOf(connectionString), NameOf(copy));
        RunAsUser(
            "psql", "-h", "127.0.0.1", "-p", Port, "-U", "artfresh", "-d", "postgres", "-v", "ON_ERROR_STOP=1",
            "-c", $"alter database {live} allow_connections false",
            "-c", $"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{live}'",
            "-c", $"alter database {live} rename to {live}_lost",
            "-c", $"alter database {other} rename to {live}");
    }

    private static string NameOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    /// <summary>Makes a user that owns nothing, and must give its password from here on.</summary>
    public void MakeUser(string name, string password)
    {
        RunAsUser("psql", "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "artfresh", "-d", "postgres", "-c", $"create role {name} login password '{password}'");
        // PostgreSQL takes the first line that fits.
        var rules = Path.Combine(Data, "pg_hba.conf");
        File.WriteAllText(rules, $"host all {name} 127.0.0.1/32 scram-sha-256\n{File.ReadAllText(rules)}");
        RunAsUser("pg_ctl", "-D", Data, "reload");
        // The server reads its rules a moment after it was told to.
        while (Accepts($"{Maintenance};Username={name};Password=not {password};Pooling=false"))
        {
            Thread.Sleep(10);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _endedWithProgram.Dispose();
        End();
    }

    /// <summary>Waits for a start that is under way: a program that is ended while the server starts would leave it behind.</summary>
    private void End()
    {
        lock (_switching)
        {
            try
            {
                // A test may have stopped it for good.
                if (File.Exists(Path.Combine(Data, "postmaster.pid")))
                {
                    Stop("immediate");
                }
            }
            finally
            {
                Directory.Delete(_directory, recursive: true);
            }
        }
    }

    private static bool Accepts(string connectionString)
    {
        try
        {
            using var connection = new NpgsqlConnection(connectionString);
            connection.Open();
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            return false;
        }
    }

    private static string? FindBinaries()
    {
        const string Debian = "/usr/lib/postgresql";
        var folders = Directory.Exists(Debian) ? Directory.GetDirectories(Debian).OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")) : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));
    }

    private void RunAsUser(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        if (Environment.IsPrivilegedProcess)
        {
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        }
        else
        {
            Run(path, arguments);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        // Not through a pipe: the server keeps what it inherits, and the pipe would never end.
        var output = Path.GetTempFileName();
        try
        {
            using var process = System.Diagnostics.Process.Start(
                new ProcessStartInfo("/bin/sh", ["-c", "out=$1; shift; exec \"$@\" > \"$out\" 2>&1", "sh", output, program, .. arguments]) { WorkingDirectory = "/" })!;
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {File.ReadAllText(output)}");
            }
        }
        finally
        {
            File.Delete(output);
        }
    }
}
