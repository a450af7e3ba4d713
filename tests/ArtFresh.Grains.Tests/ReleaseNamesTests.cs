using System.Globalization;
using ArtFresh.Grains.Releases;
using Xunit;

namespace ArtFresh.Grains.Tests;

public class ReleaseNamesTests
{
    [Fact]
    public void SameReleaseNameIsOneString()
    {
        var names = new ReleaseNames();
        var first = names.Shared(new string("1.4.2"));
        Assert.Same(first, names.Shared(new string("1.4.2")));
    }

    /// <summary>Clients may name as many as they like: none is taken for another.</summary>
    [Fact]
    public void ReleaseNamesBeyondTheTableStayCorrect()
    {
        var names = new ReleaseNames();
        Assert.All(
            Enumerable.Range(0, 1_000).Select(i => (i % 300).ToString(CultureInfo.InvariantCulture)),
            release => Assert.Equal(release, names.Shared(new string(release))));
    }
}
