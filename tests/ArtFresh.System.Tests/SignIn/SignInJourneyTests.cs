using ArtFresh.SystemTests.Journey;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.SignIn;

/// <summary>People sign in by OpenID Connect in a real browser: the player, the example of the library's README, an issuer with keys, and a real server.</summary>
public sealed class SignInJourneyTests(Members members) : IClassFixture<Members>
{
    [Fact]
    public async Task GuestWhoSignsInIsServedNothingThatTheySawAndLosesNothing()
    {
        await using var visit = await members.VisitAsync();
        await visit.ShowAsync(3);
        var asGuest = await visit.ShownAsync();
        Assert.Equal(4, asGuest.Length);

        await visit.SignInAsync("ann");
        await visit.ShowAsync(4);
        var asAnn = await visit.ShownAsync();
        await visit.FlushAsync();

        await visit.HasShownOnlyWhatWasServedToAsync("ann");
        Assert.Empty(visit.ToSubject("ann").Intersect(asGuest));
        await HasHistoryAsync(visit, [.. asGuest, .. asAnn]);
        Assert.DoesNotContain(visit.Console, line => line.Contains("[FlickerFix]", StringComparison.Ordinal) || line.StartsWith("uncaught", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RefusedTokenIsReplacedOnceAndNobodyIsSignedOut()
    {
        await using var visit = await members.VisitAsync();
        await visit.SignInAsync("bea");
        var refreshed = members.Issuer.Refreshed;
        var session = await visit.Page.EvaluateAsync<string>("() => window.artfresh.client.session.sessionId");

        var user = await visit.Page.EvaluateAsync<string>("() => JSON.stringify(sessionStorage)");
        members.Issuer.LetNextExpire();
        await visit.SignInHereAsync("bea");
        await visit.Page.WaitForFunctionAsync("user => JSON.stringify(sessionStorage) !== user", user);
        await visit.Page.EvaluateAsync("() => window.artfresh.client.fresh({ count: 1 })");

        Assert.Equal(refreshed + 1, members.Issuer.Refreshed);
        Assert.Single(visit.Refused);
        Assert.Equal(session, await visit.Page.EvaluateAsync<string>("() => window.artfresh.client.session.sessionId"));
    }

    [Fact]
    public async Task WhoComesOnTheSamePageGetsNothingOfWhoWasThere()
    {
        await using var visit = await members.VisitAsync();
        var beforeCleo = await visit.ShownAsync();
        await visit.SignInHereAsync("cleo");
        await visit.ShowAsync(2);
        await visit.FlushAsync();
        // Not delivered: it stays in the journal of who saw it.
        await visit.Browser.SetOfflineAsync(true);
        await visit.ShowAsync(1);
        await visit.Browser.SetOfflineAsync(false);
        var asCleo = await visit.ShownAsync();
        var seeds = await SeedsAsync(visit);

        await visit.SignOutAsync();
        var beforeDan = await visit.ShownAsync();
        await visit.SignInHereAsync("dan");
        await visit.ShowAsync(8);
        await visit.FlushAsync();

        await visit.HasShownOnlyWhatWasServedToAsync("dan");
        Assert.NotEqual(seeds, await SeedsAsync(visit));
        await HasHistoryAsync(visit, [.. beforeDan, .. await visit.ShownAsync()]);
        Assert.Equal(0, (await Visit.StatsAsync(visit.Page)).GetProperty("repeats").GetInt32());

        await visit.SignInHereAsync("cleo");
        await visit.FlushAsync();
        await HasHistoryAsync(visit, [.. beforeCleo, .. asCleo, .. await visit.ShownAsync()]);
    }

    [Fact]
    public async Task DevicesOfOnePersonShareWhatWasSeen()
    {
        await using var telephone = await members.VisitAsync();
        await using var television = await members.VisitAsync();
        await telephone.ShowAsync(2);
        await television.ShowAsync(2);
        long[] asGuests = [.. await telephone.ShownAsync(), .. await television.ShownAsync()];

        await telephone.SignInAsync("eve");
        await telephone.HasShownOnlyWhatWasServedToAsync("eve");
        await television.SignInAsync("eve");
        // Asked for before the television was hers, and perhaps answered only now.
        await telephone.IsAnsweredAsync();
        var beforeTelevision = telephone.ToSubject("eve").Length;
        while (telephone.ToSubject("eve").Length == beforeTelevision)
        {
            await telephone.ShowAsync(1);
        }

        await television.ShowAsync(2);

        await telephone.HasShownOnlyWhatWasServedToAsync("eve");
        await television.HasShownOnlyWhatWasServedToAsync("eve");
        long[] toEve = [.. telephone.ToSubject("eve"), .. television.ToSubject("eve")];
        Assert.Equal(toEve.Length, toEve.Distinct().Count());
        Assert.Empty(telephone.ToSubject("eve")[beforeTelevision..].Concat(television.ToSubject("eve")).Intersect(asGuests));
        await telephone.FlushAsync();
        await television.FlushAsync();
        await HasHistoryAsync(telephone, [.. asGuests, .. await telephone.ShownAsync(), .. await television.ShownAsync()]);
    }

    private static Task<string> SeedsAsync(MemberVisit visit) => visit.Page.EvaluateAsync<string>("() => window.artfresh.client.session.genomeSeeds.from");

    /// <summary>What a page sent as it was left may arrive a moment later.</summary>
    private static async Task HasHistoryAsync(MemberVisit visit, long[] shown)
    {
        long[] history = [];
        await Eventually.TrueAsync(
            async () => (history = await visit.HistoryAsync()).ToHashSet().SetEquals(shown),
            () => $"shown {string.Join(", ", shown.Order())}; history {string.Join(", ", history.Order())}");
    }
}
