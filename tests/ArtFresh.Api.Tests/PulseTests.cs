using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Api.Tests;

public sealed class PulseTests : IDisposable
{
    private static readonly Uri Path = new("/api/ops/pulse", UriKind.Relative);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 4, 5, 6, 10, TimeSpan.Zero));
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task RefusalsAreSeenWithinSecondsAndOperatorsRequestsAreNotCounted()
    {
        await using var front = await FrontEnd.StartAsync(clock: _clock);
        using var stranger = new HttpClient { BaseAddress = front.Operator.BaseAddress };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(Path, FrontEnd.Cancelled)).StatusCode);
        async Task<JsonElement> RefuseAsync(string network, int all)
        {
            for (var i = 0; i < 25; i++)
            {
                Assert.False((await stranger.FetchAsync("/api/artworks/fresh?session=0&count=5", (FrontEnd.RemoteAddressHeader, network))).IsSuccessStatusCode);
            }

            _clock.Advance(Step);
            JsonElement pulse;
            do
            {
                // A request is counted after its answer.
                pulse = JsonDocument.Parse(await front.Operator.GetStringAsync(Path, FrontEnd.Cancelled)).RootElement;
            }
            while (Count(pulse, "requests") < all);
            return pulse;
        }

        // One network has one voice.
        Assert.Empty((await RefuseAsync("192.0.2.1", 25)).GetProperty("troubles").EnumerateArray());
        Assert.Empty((await RefuseAsync("192.0.2.2", 50)).GetProperty("troubles").EnumerateArray());
        var pulse = await RefuseAsync("198.51.100.1", 75);

        var trouble = Assert.Single(pulse.GetProperty("troubles").EnumerateArray());
        Assert.Equal(("refused", "claim", 1.0), (trouble.GetProperty("name").GetString(), trouble.GetProperty("source").GetString(), trouble.GetProperty("share").GetDouble()));
        Assert.Equal((75, 75), (Count(pulse, "requests"), Count(pulse, "refused") + Count(pulse, "limited")));
        Assert.True(pulse.GetProperty("problemsASecond").GetDouble() > 0);
    }

    [Fact]
    public async Task SessionsOfAllSilosAreCountedAndSilosThatAreAwayHoldNobodyUp()
    {
        await using var front = await FrontEnd.StartAsync(clock: _clock);
        front.Cluster.Statistics = Task.FromResult<SimpleGrainStatistic[]>(
        [
            new() { GrainType = "ArtFresh.Grains.ListenerSession.ListenerSessionGrain,ArtFresh.Grains", ActivationCount = 3 },
            new() { GrainType = "ArtFresh.Grains.Listener.ListenerGrain,ArtFresh.Grains", ActivationCount = 5 },
            new() { GrainType = "ArtFresh.Grains.ListenerSession.ListenerSessionGrain,ArtFresh.Grains", ActivationCount = 4 },
        ]);
        Assert.Equal(7, JsonDocument.Parse(await front.Operator.GetStringAsync(Path, FrontEnd.Cancelled)).RootElement.GetProperty("sessions").GetInt32());

        front.Cluster.Statistics = new TaskCompletionSource<SimpleGrainStatistic[]>().Task;
        _clock.Advance(Step);
        var asked = front.Operator.GetStringAsync(Path, FrontEnd.Cancelled);
        while (!asked.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(asked, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, FrontEnd.Cancelled));
        }

        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(await asked).RootElement.GetProperty("sessions").ValueKind);
    }

    [Fact]
    public void TroubleBeganWhereItHasLastedSinceAndEndsWhenItEnds()
    {
        using var pulse = new ServerPulse(_services.GetRequiredService<IMeterFactory>(), _clock, new Refusals());
        var answers = Answers(_services);
        Answer(answers, 200, 100);
        _clock.Advance(Step);
        var began = _clock.GetUtcNow();
        for (var i = 0; i < 10; i++)
        {
            // Steps without requests do not end it.
            Answer(answers, 503, i == 4 ? 0 : 10);
            _clock.Advance(Step);
        }

        var trouble = Assert.Single(pulse.Read(7).Troubles);
        Assert.Equal(("turnedAway", "evidence", began, 1.0), (trouble.Name, trouble.Source, trouble.Since, trouble.Share));
        Assert.Equal(7, pulse.Read(7).Sessions);

        for (var i = 0; i < 7; i++)
        {
            Answer(answers, 200, 10);
            _clock.Advance(Step);
        }

        Assert.Empty(pulse.Read(7).Troubles);
        Assert.Equal((260, 90), (pulse.Read(7).Minutes.Sum(minute => minute.Requests), pulse.Read(7).Minutes.Sum(minute => minute.TurnedAway)));
        Assert.Equal(2, pulse.Read(7).RequestsASecond);
    }

    /// <summary>Anybody may ask for what cannot fail, as often as they like.</summary>
    [Fact]
    public void RequestsOfStrangersHideNoErrorsAndAQuotaThatDoesItsWorkIsNoTrouble()
    {
        using var pulse = new ServerPulse(_services.GetRequiredService<IMeterFactory>(), _clock, new Refusals());
        var answers = Answers(_services);
        Answer(answers, 500, 21);
        Answer(answers, 429, 2_000);
        Answer(answers, 200, 4_000);
        _clock.Advance(Step);
        Assert.Equal("errors", Assert.Single(pulse.Read(null).Troubles).Name);
    }

    [Fact]
    public void TroubleThatNobodyAskedThroughIsNotKnownToHaveLasted()
    {
        using var pulse = new ServerPulse(_services.GetRequiredService<IMeterFactory>(), _clock, new Refusals());
        var answers = Answers(_services);
        Answer(answers, 404, 100);
        _clock.Advance(TimeSpan.FromMinutes(5));
        var began = _clock.GetUtcNow();
        Answer(answers, 404, 100);
        _clock.Advance(Step);
        Assert.Equal(began, Assert.Single(pulse.Read(null).Troubles).Since);
    }

    [Fact]
    public void FewRequestsAreNoTroubleAndAnHourIsKept()
    {
        using var pulse = new ServerPulse(_services.GetRequiredService<IMeterFactory>(), _clock, new Refusals());
        var answers = Answers(_services);
        Answer(answers, 500, 19);
        _clock.Advance(Step);
        Assert.Empty(pulse.Read(null).Troubles);
        Answer(answers, 500, 1);
        _clock.Advance(Step);
        Assert.Equal("errors", Assert.Single(pulse.Read(null).Troubles).Name);

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(pulse.Read(null).Minutes);
        Answer(answers, 499, 3);
        Assert.Equal((3, 0), (Assert.Single(pulse.Read(null).Minutes).Requests, Assert.Single(pulse.Read(null).Minutes).Refused));
    }

    [Fact]
    public void CommitsAreTimedAndAFailedOneIsTroubleHoweverFew()
    {
        using var others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var pulse = new ServerPulse(_services.GetRequiredService<IMeterFactory>(), _clock, new Refusals());
        var meter = _services.GetRequiredService<IMeterFactory>().Create("ArtFresh");
        var (timed, failed) = (meter.CreateHistogram<double>("artfresh.commits.timed"), meter.CreateCounter<long>("artfresh.commits.failed"));
        failed.Add(0);
        timed.Record(0.002);
        timed.Record(0.004);
        Answer(Answers(others), 500, 100);
        _clock.Advance(Step);
        Assert.Equal(3, pulse.Read(null).CommitMs!.Value, 3);
        Assert.Equal((0, 0), (pulse.Read(null).Minutes.Sum(minute => minute.Requests), pulse.Read(null).Troubles.Length));

        failed.Add(1);
        _clock.Advance(Step);
        var trouble = Assert.Single(pulse.Read(null).Troubles);
        Assert.Equal(("commitsFailed", 1.0 / 3), (trouble.Name, trouble.Share));
    }

    private static Histogram<double> Answers(IServiceProvider services) =>
        services.GetRequiredService<IMeterFactory>().Create("Microsoft.AspNetCore.Hosting").CreateHistogram<double>("http.server.request.duration");

    private static void Answer(Histogram<double> answers, int status, int times)
    {
        for (var i = 0; i < times; i++)
        {
            answers.Record(0.001, new KeyValuePair<string, object?>("http.response.status_code", status), new KeyValuePair<string, object?>("http.route", "/api/impressions/batch"));
        }

        answers.Record(0.001, new KeyValuePair<string, object?>("http.response.status_code", 503), new KeyValuePair<string, object?>("http.route", "/healthz/ready"));
    }

    private static long Count(JsonElement pulse, string name) => pulse.GetProperty("minutes").EnumerateArray().Sum(minute => minute.GetProperty(name).GetInt64());
}
