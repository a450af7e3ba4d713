using ArtFresh.Api;
using ArtFresh.Grains.Ledger;
using ArtFresh.Server;

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

    await using var app = builder.Build();
    if (settings.Role == "silo")
    {
        app.MapArtFreshHealth();
    }
    else
    {
        app.MapArtFreshApi();
    }

    app.MapArtFreshTelemetry();
    await app.RunAsync();
    return 0;
}
catch (Exception wrong) when (wrong is SettingException or LedgerUnavailableException)
{
    await Console.Error.WriteLineAsync($"ArtFresh does not start: {wrong.Message}");
    return 1;
}
