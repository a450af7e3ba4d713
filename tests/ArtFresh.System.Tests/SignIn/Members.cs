using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.SignIn;

/// <summary>A server that knows an issuer, for all tests of a class. Each person of a test has a name of their own.</summary>
public sealed class Members : IAsyncLifetime
{
    private OpenIdIssuer? _issuer;
    private ServerProcess? _server;
    private FaultProxy? _site;

    internal OpenIdIssuer Issuer => _issuer!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await OpenIdIssuer.StartAsync();
        _server = new ServerProcess("--ArtFresh:Jwt:Authority", _issuer.Address.AbsoluteUri, "--ArtFresh:Jwt:Audience", OpenIdIssuer.Audience);
        var started = _server.StartAsync();
        var page = await MembersPage.BuildAsync(_issuer.Address);
        await started;
        await _server.StockAsync();
        // Served and not answered by the browser's tools: a page without an address of its own may not ask an issuer on loopback.
        _site = await FaultProxy.StartAsync(_server.Address, page: page.Find);
    }

    /// <summary>A browser of one person, which has shown its first artwork.</summary>
    internal Task<MemberVisit> VisitAsync() => MemberVisit.OpenAsync(_site!.Address);

    public async ValueTask DisposeAsync()
    {
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_issuer is not null)
        {
            await _issuer.DisposeAsync();
        }
    }
}
