using ArtFresh.Faults.Planted;
using ArtFresh.Grains.Ledger;
using ArtFresh.Server;
using ArtFresh.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;

// The server as it is, but for its ledger: --plant names what is wrong with that.
var plant = args[Array.IndexOf(args, "--plant") + 1];
return await ServerProgram.RunAsync(args, services =>
{
    if (services.Any(service => service.ServiceType == typeof(ILedger)))
    {
        services.AddSingleton<PostgresLedger>();
        services.AddSingleton<ILedger>(provider => PlantedLedger.Of(plant, provider.GetRequiredService<PostgresLedger>(), provider.GetRequiredService<PostgresDatabase>()));
    }
});
