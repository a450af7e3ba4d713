using ArtFresh.Grains.Listener;
using ArtFresh.Ledger;
using ArtFresh.Server;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using ArtFresh.TestWorld;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.SystemTests.Faults.Planted;

/// <summary>The server with one thing wrong: in its ledger, or in what a listener's grain remembers or chooses.</summary>
internal static class PlantedServer
{
    /// <summary>Names the plant on the command line.</summary>
    public const string Option = "--plant";

    /// <summary>One as a process of its own: this program, started with <see cref="Option"/>.</summary>
    public static ServerProcess Process(string plant, string[] settings, string? logFile = null) =>
        new("ArtFresh.System.Tests/ArtFresh.System.Tests", [.. settings, Option, plant]) { LogFile = logFile };

    /// <param name="settings">The server's command line, which knows no plants.</param>
    /// <param name="plant">What is wrong.</param>
    public static Task<int> RunAsync(string[] settings, string plant) => ServerProgram.RunAsync(settings, services =>
    {
        if (plant == EverythingIsFresh.Plant)
        {
            services.AddSingleton<FreshRule, EverythingIsFresh>();
        }
        else if (plant == ForgetfulHistory.Plant)
        {
            services.AddSingleton<IListenerHistory>(provider => new ForgetfulHistory(new SqlHistory(provider.GetRequiredService<SqlDatabase>())));
        }
        else if (services.Any(service => service.ServiceType == typeof(ILedger)))
        {
            services.AddSingleton<PostgresLedger>();
            services.AddSingleton<ILedger>(provider => PlantedLedger.Of(plant, provider.GetRequiredService<PostgresLedger>(), provider.GetRequiredService<PostgresDatabase>()));
        }
    });
}
