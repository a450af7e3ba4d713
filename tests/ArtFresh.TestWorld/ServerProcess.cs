using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using ArtFresh.Storage.Sqlite;

namespace ArtFresh.TestWorld;

/// <summary>The server as a process of its own, on a data directory and port that it keeps over restarts.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(180);

    private readonly StringBuilder _log = new();
    private readonly IDisposable _endedWithProgram;
    private readonly string _program;
    private readonly string[] _settings;
    private System.Diagnostics.Process? _process;

    public ServerProcess(params string[] settings)
        : this(settings, ServerPath)
    {
    }

    /// <param name="testProject">A project that runs the server with a part replaced, or another server: its path in <c>tests/</c>, without <c>.csproj</c>. Null for the server itself.</param>
    /// <param name="settings">Arguments besides address and data directory.</param>
    public ServerProcess(string? testProject, string[] settings)
        : this(settings, testProject is null ? ServerPath : PathOf(Path.Combine("tests", testProject)))
    {
    }

    private ServerProcess(string[] settings, string program)
    {
        (_program, _settings) = (program, settings);
        _endedWithProgram = EndedWithProgram.Add(() =>
        {
            _process?.Kill();
            _process?.WaitForExit();
            Directory.Delete(DataDirectory, recursive: true);
        });
    }

    /// <summary>A server that was published.</summary>
    /// <param name="path">Of its <c>.dll</c>.</param>
    /// <param name="settings">Arguments besides address and data directory.</param>
    public static ServerProcess At(string path, params string[] settings) => new(settings, path);

    public string DataDirectory { get; } = Directory.CreateTempSubdirectory("artfresh-").FullName;

    /// <summary>Variables that it has besides the test's own.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>What it has committed, where its ledger is the embedded one.</summary>
    public ServerLedger Ledger => new(Path.Combine(DataDirectory, SqliteDatabase.FileName));

    /// <summary>The operators' key that it made at its first start, where no setting names one.</summary>
    public string OperatorsKey => File.ReadAllText(Path.Combine(DataDirectory, "operators.key")).Trim();

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Find()}/");

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>A file that gets what it prints, besides <see cref="Log"/>; null for none.</summary>
    public string? LogFile { get; init; }

    /// <summary>Its process id, while there is one.</summary>
    public int? Id => _process is { HasExited: false } running ? running.Id : null;

    public bool HasExited => _process is null or { HasExited: true };

    private static string ServerPath => PathOf("src/ArtFresh.Server/ArtFresh.Server");

    public static string Repository { get; } = FindRepository();

    /// <summary>Where the server under test finds its page.</summary>
    public static string PlayerDirectory => Path.Combine(Path.GetDirectoryName(ServerPath)!, "wwwroot");

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <returns>From the start of the process to its first 200.</returns>
    public async Task<TimeSpan> StartAsync()
    {
        var started = Stopwatch.StartNew();
        _process = Run(["--urls", Address.ToString(), "--ArtFresh:DataDirectory", DataDirectory, .. _settings], Append);
        using var http = new HttpClient { BaseAddress = Address };
        while (started.Elapsed < StartMax && !_process.HasExited)
        {
            try
            {
                if ((await http.GetAsync(new Uri("healthz/ready", UriKind.Relative))).StatusCode == HttpStatusCode.OK)
                {
                    return started.Elapsed;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System);
        }

        throw new InvalidOperationException($"The server did not start:\n{Log}");
    }

    /// <summary>Has art made, so that whoever asks for some afterwards has it at once, also on a busy machine.</summary>
    public async Task StockAsync()
    {
        using var listener = new HttpListenerClient(Address);
        await listener.SignInAsync();
        await listener.FreshAsync(await listener.OpenAsync(), 50, 0.5, 0.5);
    }

    /// <summary>A client that sends a key.</summary>
    /// <param name="key">Null for the operators' key that the server has made.</param>
    public HttpClient NewOperator(string? key = null) =>
        new() { BaseAddress = Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key ?? OperatorsKey) } };

    /// <summary>Waits until it has printed a text. A line arrives some time after what it is about.</summary>
    /// <param name="after">Characters of the log that do not count.</param>
    public Task PrintsAsync(string text, int after = 0) => Eventually.TrueAsync(() => Log[after..].Contains(text, StringComparison.Ordinal), () => $"'{text}' in:\n{Log}");

    /// <summary>Puts a copy of the ledger back in its place. Not while the server runs.</summary>
    public void PutBack(string copy)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(Path.Combine(DataDirectory, SqliteDatabase.FileName + suffix));
        }

        File.Move(copy, Path.Combine(DataDirectory, SqliteDatabase.FileName));
    }

    /// <summary>SIGKILL, as a crash.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as an operator's stop.</summary>
    public async Task StopAsync()
    {
        Signal("TERM");
        await _process!.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: the process neither runs nor ends.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>SIGCONT: it goes on as if no time had passed.</summary>
    public void Thaw() => Signal("CONT");

    private void Signal(string name)
    {
        if (HasExited)
        {
            // Its id may be another's by now: another process's, or that of one of its threads.
            return;
        }

        using var kill = System.Diagnostics.Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Runs a command of the server's binary on the same data directory.</summary>
    /// <returns>Its exit code and what it printed.</returns>
    public Task<(int ExitCode, string Output)> CommandAsync(params string[] arguments) => RunToEndAsync([.. arguments, "--data", DataDirectory]);

    /// <summary>Runs the binary with just these arguments.</summary>
    public async Task<(int ExitCode, string Output)> RunToEndAsync(params string[] arguments)
    {
        // Apart from the log of a server that runs meanwhile.
        var printed = new StringBuilder();
        using var command = Run(arguments, line =>
        {
            lock (printed)
            {
                printed.AppendLine(line);
            }
        });
        await command.WaitForExitAsync();
        return (command.ExitCode, printed.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        Directory.Delete(DataDirectory, recursive: true);
        _endedWithProgram.Dispose();
    }

    private static string PathOf(string project)
    {
        // <project>/bin/<configuration>/<framework>/
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(Repository, Path.GetDirectoryName(project)!, "bin", output.Parent!.Name, output.Name, Path.GetFileName(project) + ".dll");
    }

    private static string FindRepository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    private System.Diagnostics.Process Run(IEnumerable<string> arguments, Action<string> onLine)
    {
        var start = new ProcessStartInfo("dotnet", [_program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = DataDirectory,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        var process = System.Diagnostics.Process.Start(start)!;
        void OnLine(object _, DataReceivedEventArgs line)
        {
            // Null at the end.
            if (line.Data is { } text)
            {
                onLine(text);
            }
        }

        process.OutputDataReceived += OnLine;
        process.ErrorDataReceived += OnLine;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Append(string line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
            if (LogFile is not null)
            {
                File.AppendAllText(LogFile, line + "\n");
            }
        }
    }
}
