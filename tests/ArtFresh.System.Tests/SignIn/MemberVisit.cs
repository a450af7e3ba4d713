using System.Collections.Concurrent;
using ArtFresh.SystemTests.Journey;
using ArtFresh.TestWorld;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.Playwright;
using IRequest = Microsoft.Playwright.IRequest;

namespace ArtFresh.SystemTests.SignIn;

/// <summary>What one answer served, and to whom: the subject of the request's token, or null for a guest.</summary>
internal sealed record Serving(string? Subject, long[] ArtworkIds);

/// <summary>A browser of one person on the members' page.</summary>
internal sealed class MemberVisit : IAsyncDisposable
{
    private readonly Chromium _chromium;
    private readonly ConcurrentDictionary<IRequest, bool> _unanswered = [];

    private MemberVisit(Chromium chromium, IPage page) => (_chromium, Page) = (chromium, page);

    public IPage Page { get; }

    public IBrowserContext Browser => _chromium.Context;

    public ConcurrentQueue<string> Console { get; } = new();

    public ConcurrentQueue<Serving> Servings { get; } = new();

    /// <summary>Paths of requests for fresh art that were refused for want of a valid token.</summary>
    public ConcurrentQueue<string> Refused { get; } = new();

    public static async Task<MemberVisit> OpenAsync(Uri site)
    {
        var chromium = await Chromium.StartAsync();
        var page = await chromium.Context.NewPageAsync();
        await page.SetViewportSizeAsync(640, 360);
        var visit = new MemberVisit(chromium, page);
        visit.Browser.Console += (_, message) => visit.Console.Enqueue(message.Text);
        visit.Browser.WebError += (_, error) => visit.Console.Enqueue($"uncaught: {error.Error}");
        visit.Browser.Request += (_, request) => visit._unanswered.TryAdd(request, true);
        visit.Browser.RequestFailed += (_, request) => visit._unanswered.TryRemove(request, out bool _);
        visit.Browser.Response += (_, response) => _ = visit.NoteAsync(response);
        await page.GotoAsync(new Uri(site, MembersPage.Path).ToString());
        await Visit.ShownAsync(page, 1);
        return visit;
    }

    /// <summary>What was served to an account here, in order.</summary>
    public long[] ToSubject(string subject) => [.. Servings.Where(serving => serving.Subject == subject).SelectMany(serving => serving.ArtworkIds)];

    /// <summary>Waits until all that the page has shown is known to have been served to the account here: answers are noted beside the page.</summary>
    public async Task HasShownOnlyWhatWasServedToAsync(string subject)
    {
        var shown = await ShownAsync();
        await Eventually.TrueAsync(() => shown.All(ToSubject(subject).Contains), () => $"shown {string.Join(", ", shown)}; served {string.Join(", ", ToSubject(subject))}");
    }

    /// <summary>Waits until each request for fresh art has its answer, and the answer is noted.</summary>
    public Task IsAnsweredAsync() => Eventually.TrueAsync(() => !_unanswered.Keys.Any(IsForFreshArt), () => string.Join('\n', _unanswered.Keys.Select(request => request.Url)));

    /// <summary>Turns to the next artworks.</summary>
    public async Task ShowAsync(int artworks)
    {
        for (var i = 0; i < artworks; i++)
        {
            await Visit.NextAsync(Page);
        }
    }

    /// <summary>What the page has shown since it was loaded.</summary>
    public Task<long[]> ShownAsync() => Visit.ShownIdsAsync(Page);

    /// <summary>Leaves the page for the issuer's, and comes back signed in.</summary>
    public async Task SignInAsync(string subject)
    {
        await Page.Locator("#sign-in").ClickAsync();
        await NameAsync(Page, subject);
        await Page.WaitForFunctionAsync($"() => window.artfresh?.client.listenerId === 'sub-{subject}'");
        await Visit.ShownAsync(Page, 1);
    }

    /// <summary>Signs in in a window of the issuer's, while the page stays.</summary>
    public async Task SignInHereAsync(string subject)
    {
        var issuer = await Page.RunAndWaitForPopupAsync(() => Page.Locator("#sign-in-here").ClickAsync());
        await NameAsync(issuer, subject);
        await Page.WaitForFunctionAsync($"() => window.artfresh.client.listenerId === 'sub-{subject}'");
        await Visit.ShownAsync(Page, 1);
    }

    /// <summary>Signs out, and is another guest.</summary>
    public async Task SignOutAsync()
    {
        await Page.Locator("#sign-out").ClickAsync();
        await Page.WaitForFunctionAsync("() => window.artfresh.client.listenerId?.startsWith('guest-')");
        await Visit.ShownAsync(Page, 1);
    }

    public Task FlushAsync() => Page.EvaluateAsync("() => window.artfresh.client.flush()");

    /// <summary>All that the server says the listener was shown.</summary>
    public Task<long[]> HistoryAsync() => Page.EvaluateAsync<long[]>("async () => (await window.artfresh.client.history({ limit: 100 })).artworks.map(({ id }) => id)");

    public ValueTask DisposeAsync() => _chromium.DisposeAsync();

    private static async Task NameAsync(IPage issuer, string subject)
    {
        await issuer.Locator("input[name=login]").FillAsync(subject);
        await issuer.Locator("button").ClickAsync();
    }

    private async Task NoteAsync(IResponse response)
    {
        try
        {
            await NoteFreshArtAsync(response);
        }
        finally
        {
            _unanswered.TryRemove(response.Request, out _);
        }
    }

    private async Task NoteFreshArtAsync(IResponse response)
    {
        if (!IsForFreshArt(response.Request))
        {
            return;
        }

        if (response.Status == 401)
        {
            Refused.Enqueue(response.Url);
        }
        else if (response.Ok)
        {
            var bearer = await response.Request.HeaderValueAsync("authorization");
            var subject = bearer is null ? null : new JsonWebToken(bearer["Bearer ".Length..]).Subject;
            var artworks = (await response.JsonAsync())!.Value.GetProperty("artworks").EnumerateArray();
            Servings.Enqueue(new Serving(subject, [.. artworks.Select(artwork => artwork.GetProperty("id").GetInt64())]));
        }
    }

    private static bool IsForFreshArt(IRequest request) => request.Url.Contains("/api/artworks/fresh", StringComparison.Ordinal);
}
