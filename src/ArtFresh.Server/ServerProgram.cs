using ArtFresh.Api;
using ArtFresh.Server.Membership;

namespace ArtFresh.Server;

/// <summary>The program: runs an operator's command, or a server until it is stopped.</summary>
public static partial class ServerProgram
{
    /// <summary>Exit status of a server that did not start.</summary>
    internal const int NotStarted = 2;

    /// <param name="args">A command with its options, or a server's settings.</param>
    /// <param name="amend">Changes the services after all are registered, for tests that break a part on purpose.</param>
    /// <returns>A command's exit status; for a server 0, or 2 if it could not start, with the reason on standard error.</returns>
    public static async Task<int> RunAsync(string[] args, Action<IServiceCollection>? amend = null)
    {
        if (OperatorCommands.AreIn(args))
        {
            return await OperatorCommands.RunAsync(args);
        }

        try
        {
            var (builder, settings) = Configure(args);
            Ports.RefuseTaken(builder.Configuration);
            using var directory = settings.Ledger is null ? DataDirectory.Lock(settings.DataDirectory) : DataDirectory.Open(settings.DataDirectory);
            LedgerSoundness.RefuseDamaged(directory);
            var advice = KeyFiles.AdviceOn(settings.Operators, settings.IsFrontEndOfCluster);
            settings = settings with { Operators = KeyFiles.Complete(settings.Operators, directory, out var isNewKey) };
            builder.UseDefaultUrl();
            builder.Services.AddArtFreshApi(settings.ToApiOptions(directory));
            await builder.AddArtFreshMemberAsync(settings, directory);
            builder.AddDrain(settings);
            builder.AddClockWatch(settings);
            builder.AddArtFreshTelemetry();
            builder.UseStartLogging();
            builder.UseNamelessLogs();
            amend?.Invoke(builder.Services);

            await using (var app = builder.Build())
            {
                if (settings.Role == ServerRole.Silo)
                {
                    app.MapArtFreshHealth();
                }
                else
                {
                    app.MapArtFreshApi();
                }

                app.MapArtFreshTelemetry(settings.Operators);
                app.UseStartNotice(settings, directory, isNewKey, advice);
                await RunAsync(app);
            }

            directory.MarkStopped();
            return 0;
        }
        catch (Exception fault) when (StartFaults.Explain(fault) is { } sentence)
        {
            await Console.Error.WriteLineAsync($"ArtFresh does not start: {sentence}");
            return NotStarted;
        }
    }

    /// <summary>Runs until it is stopped. If the start fails, stops the services that did start: a silo that is only disposed logs errors.</summary>
    private static async Task RunAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await StopFailedAsync(app);
            throw;
        }

        await app.WaitForShutdownAsync();
    }

    /// <summary>Stops what had started. Its own failure would hide why the start failed.</summary>
    private static async Task StopFailedAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
#pragma warning disable CA1031 // The start's failure is thrown on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNotStopped(app.Logger, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping after the failed start failed too; the process ends")]
    private static partial void LogNotStopped(ILogger logger, Exception failure);

    /// <summary>Reads and checks a server's settings.</summary>
    /// <exception cref="SettingException">One is missing, unknown or out of range.</exception>
    internal static (WebApplicationBuilder Builder, ServerSettings Settings) Configure(string[] args)
    {
        ServerArguments.Check(args, OperatorCommands.IsCommand);
        var builder = NewBuilder(args);
        var settings = SettingsReader.Read(builder.Configuration);
        ListenUrls.RefuseMalformed(builder.Configuration);
        return (builder, settings);
    }

    /// <summary>A builder whose configuration is appsettings.json beside the program, the environment and the arguments.</summary>
    internal static WebApplicationBuilder NewBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
}
