using ArtFresh.SystemTests.Journey;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Yours;

/// <summary>A server for all tests of a class; each test is another person's visit.</summary>
public sealed class Gallery : IAsyncLifetime
{
    public ServerProcess Server { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Server.StartAsync();
        await Server.StockAsync();
    }

    public Task<Visit> VisitAsync() => Visit.ToAsync(Server);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
