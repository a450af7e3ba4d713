using ArtFresh.Api;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ArtFresh.Server;

/// <summary>The console's messages about a start: the addresses and folders in use, without Orleans' false warnings.</summary>
internal static partial class StartNotice
{
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";
    private const string WatchdogCategory = "Orleans.Runtime.Watchdog";

    /// <summary>Orleans' watchdog takes the machine's uptime for a stall at its first check.</summary>
    private static readonly TimeSpan FirstWatchdogCheck = TimeSpan.FromMinutes(1);

    /// <summary>Filters messages that are false, or that the program says in its own words.</summary>
    public static void UseStartLogging(this WebApplicationBuilder builder)
    {
        var started = TimeProvider.System.GetTimestamp();
        builder.Logging.AddFilter(WatchdogCategory, level => level >= LogLevel.Warning && TimeProvider.System.GetElapsedTime(started) > FirstWatchdogCheck);
        // StartFaults explains a failed start, so the host's stack trace is not needed.
        var hasStarted = false;
        builder.Services.AddHostedService(provider => new Marker(provider.GetRequiredService<IHostApplicationLifetime>(), () => hasStarted = true));
        builder.Logging.AddFilter(HostCategory, level => hasStarted && level >= LogLevel.Warning);
    }

    /// <summary>Logs the addresses of the pages and the path of the data, as soon as the server listens. Prints a new key's link once, on the console only.</summary>
    public static void UseStartNotice(this WebApplication app, ServerSettings settings, DataDirectory directory, bool isNewKey, string? advice) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var listens = PagesOf(addresses);
        if (settings.Role == ServerRole.Silo)
        {
            LogSilo(app.Logger, listens, directory.Path);
            return;
        }

        var ledger = settings.Ledger is null ? directory.Ledger : "PostgreSQL (ConnectionStrings:Ledger)";
        var operators = $"{Reachable(addresses.FirstOrDefault() ?? ListenUrls.Default)}/ops";
        var songs = Path.Combine(directory.Path, "music");
        var access = AccessOf(settings.Operators, directory);
        LogServer(app.Logger, listens, operators, access, ledger, songs);
        if (advice is not null)
        {
            LogAdvice(app.Logger, advice);
        }

        if (isNewKey)
        {
            // Logs are kept and read by others.
            Console.WriteLine($"Operators sign in with this link, which is shown once:\n  {operators}?key={settings.Operators.Key}");
        }
    });

    /// <summary>Addresses that a browser on this machine can open.</summary>
    internal static string PagesOf(IEnumerable<string> listened) => string.Join(", ", listened.Select(Reachable).Distinct());

    private static string AccessOf(OperatorOptions operators, DataDirectory directory)
    {
        var ways = new List<string>();
        if (operators.Key is not null)
        {
            ways.Add(operators.Key == KeyFiles.TryReadOperators(directory) ? $"key in {KeyFiles.OperatorsPath(directory)}" : "key in ArtFresh:Operators:Key");
        }

        if (operators.Role is not null)
        {
            ways.Add($"role {operators.Role} in a JWT");
        }

        return string.Join("; ", ways);
    }

    private static string Reachable(string listened)
    {
        var address = BindingAddress.Parse(listened);
        return address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? $"{address.Scheme}://localhost:{address.Port}" : listened.TrimEnd('/');
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "ArtFresh is ready\n  page       {Page}\n  operators  {Operators} ({Access})\n  ledger     {Ledger}\n  songs      {Songs}\n  Ctrl-C stops it.")]
    private static partial void LogServer(ILogger logger, string page, string operators, string access, string ledger, string songs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The operators' keys are not those of a cluster: {Advice}")]
    private static partial void LogAdvice(ILogger logger, string advice);

    [LoggerMessage(Level = LogLevel.Information, Message = "ArtFresh silo is ready\n  health  {Health}\n  data    {Data}\n  Ctrl-C stops it.")]
    private static partial void LogSilo(ILogger logger, string health, string data);

    private sealed class Marker(IHostApplicationLifetime lifetime, Action mark) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(mark);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
