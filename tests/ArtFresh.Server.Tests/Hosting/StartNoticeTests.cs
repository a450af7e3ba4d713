using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class StartNoticeTests
{
    [Theory]
    [InlineData("http://localhost:5394", "http://0.0.0.0:5394", "http://[::]:5394")]
    [InlineData("https://localhost:5394, http://127.0.0.1:80", "https://*:5394", "http://127.0.0.1:80/")]
    public void PageIsAnAddressThatABrowserOpens(string pages, params string[] listened) => Assert.Equal(pages, StartNotice.PagesOf(listened));
}
