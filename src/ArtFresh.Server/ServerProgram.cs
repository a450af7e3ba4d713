using ArtFresh.Api;
using ArtFresh.Contracts;

namespace ArtFresh.Server;

/// <summary>The program: an operator's command, or a server that runs until it is told to stop.</summary>
public static class ServerProgram
{
    /// <param name="args">A command, or settings.</param>
    /// <param name="amend">Changes to what runs, after all else is registered: for tests that break a part on purpose.</param>
    /// <returns>0, or 1 when it did not do what it was asked; why is on the standard error.</returns>
    public static async Task<int> RunAsync(string[] args, Action<IServiceCollection>? amend = null)
    {
        if (OperatorCommands.AreIn(args))
        {
            return await OperatorCommands.RunAsync(args);
        }

        try
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
            var settings = ServerSettings.Read(builder.Configuration);
            using var directory = settings.Ledger is null ? DataDirectory.Lock(settings.DataDirectory) : DataDirectory.Open(settings.DataDirectory);
            builder.UseDefaultUrl();
            builder.Services.AddArtFreshApi(settings.ToApiOptions(directory));
            await builder.AddArtFreshMemberAsync(settings, directory);
            builder.AddDrain(settings);
            builder.AddArtFreshTelemetry();
            amend?.Invoke(builder.Services);

            await using var app = builder.Build();
            if (settings.Role == "silo")
            {
                app.MapArtFreshHealth();
            }
            else
            {
                app.MapArtFreshApi();
            }

            app.MapArtFreshTelemetry(settings.Operators);
            await app.RunAsync();
            return 0;
        }
        catch (Exception wrong) when (wrong is SettingException or LedgerUnavailableException)
        {
            await Console.Error.WriteLineAsync($"ArtFresh does not start: {wrong.Message}");
            return 1;
        }
    }
}
