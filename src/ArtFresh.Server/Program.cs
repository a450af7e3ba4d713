using ArtFresh.Api;
using ArtFresh.Server;

if (args is ["import", ..])
{
    return await ImportCommand.RunAsync(args);
}

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    var settings = ServerSettings.Read(builder.Configuration);
    using var directory = DataDirectory.Lock(settings.DataDirectory);
    builder.UseDefaultUrl();
    builder.AddArtFreshSilo(settings, directory);
    builder.Services.AddArtFreshApi(settings.ToApiOptions(directory));
    builder.AddArtFreshTelemetry();

    await using var app = builder.Build();
    app.MapArtFreshApi();
    app.MapArtFreshTelemetry();
    await app.RunAsync();
    return 0;
}
catch (SettingException wrong)
{
    await Console.Error.WriteLineAsync($"ArtFresh does not start: {wrong.Message}");
    return 1;
}
