using ArtFresh.SystemTests.SignIn;
using ArtFresh.TestWorld;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>What a server of one show knows of besides its pages: an issuer of tokens, and another site with the same pages.</summary>
internal sealed record Surroundings(OpenIdIssuer Issuer, LoopbackSite Elsewhere) : IAsyncDisposable
{
    public static async Task<Surroundings> StartAsync(ClientLibrary library) => new(
        await OpenIdIssuer.StartAsync(),
        await LoopbackSite.StartAsync(async http =>
        {
            if (library.Find(http.Request.Path) is { } file)
            {
                http.Response.ContentType = ClientLibrary.TypeOf(http.Request.Path);
                await http.Response.Body.WriteAsync(file);
            }
            else
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        }));

    public async ValueTask DisposeAsync()
    {
        await Issuer.DisposeAsync();
        await Elsewhere.DisposeAsync();
    }
}
