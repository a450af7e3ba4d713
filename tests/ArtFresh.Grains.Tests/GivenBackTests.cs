using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Art that moves between the sessions of one listener: given back, reported late, or guessed from ids that are dense.</summary>
public sealed class GivenBackTests : IAsyncLifetime
{
    private const string Listener = "guest-a";
    private static readonly Mood NearMood = new(0.1, 0.9);
    private static readonly Mood FarMood = new(0.9, 0.1);

    private ArtFreshCluster _silo = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _silo = await ArtFreshCluster.StartAsync();

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task ArtworkReportedAfterItWasGivenBackIsNotServedByTheSessionThatGotIt()
    {
        var first = await OpenAsync();
        var ids = (await first.Take(4, NearMood)).Ids();
        await first.Finish([.. ids]);
        var second = await OpenAsync();
        var served = (await second.Take(1, NearMood)).Ids();

        var late = await first.Record(1, ids[3]);
        var rest = (await second.Take(20, NearMood)).Ids();
        await second.Finish([]);
        var next = (await (await OpenAsync()).Take(30, NearMood)).Ids();

        Assert.Equal(ids[0], Assert.Single(served));
        Assert.Equal(1, late.Recorded);
        Assert.DoesNotContain(ids[3], rest);
        Assert.DoesNotContain(ids[3], next);
        await VerifyAsync();
    }

    [Fact]
    public async Task ArtworkReportedAfterItWasGivenBackIsNotGivenBackAgain()
    {
        var first = await OpenAsync();
        var ids = (await first.Take(4, NearMood)).Ids();
        await first.Finish([.. ids]);
        var second = await OpenAsync();
        await second.Take(1, NearMood);

        var late = await first.Record(1, ids[3]);
        await second.Finish([]);
        var next = (await (await OpenAsync()).Take(30, NearMood)).Ids();

        Assert.Equal(1, late.Recorded);
        Assert.DoesNotContain(ids[3], next);
        await VerifyAsync();
    }

    [Fact]
    public async Task SilentSessionGivesBackWhatIsInNoAnswerAndItsLateBatchIsRecorded()
    {
        var silent = await OpenAsync();
        var first = (await silent.Take(4, NearMood)).Ids();
        long[] answered = [.. first, .. (await silent.Take(1, NearMood)).Ids()];
        var log = _silo.ServicesOf(0).GetRequiredService<IListenerHistory>();

        await _silo.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Stop);
        long[] returned = [];
        // A block that was on its way comes back in a row of its own.
        await Eventually.Async(async () =>
        {
            var rows = await log.ReadBlocksBackAsync(Listener, long.MaxValue, 100, Stop);
            returned = [.. rows.SelectMany(row => row.ReturnedIds)];
            return returned.Order().SequenceEqual(rows.SelectMany(row => row.ArtworkIds).Except(answered).Order());
        });
        var next = (await (await OpenAsync()).Take(returned.Length, NearMood)).Ids();
        var late = await silent.Record(1, answered);
        var further = (await silent.Take(20, NearMood)).Ids();

        Assert.NotEmpty(returned);
        Assert.Equal(returned.Order(), next.Order());
        Assert.Equal(5, late.Recorded);
        Assert.Empty(further.Intersect([.. answered, .. next]));
        await VerifyAsync();
    }

    [Fact]
    public async Task GuessedArtworkOfTheRestIsUnservedAndSpent()
    {
        var (session, guess) = await OpenWithRestAsync();

        var guessed = await session.Record(1, guess);
        var retry = await session.Record(1, guess);
        var far = (await session.Take(1, FarMood)).Ids();
        await session.Finish([guess]);
        var next = (await (await OpenAsync()).Take(40, NearMood)).Ids();

        Assert.Equal((0, 1, 1L), (guessed.Recorded, guessed.Unserved, guessed.HighWater));
        Assert.Equal((0, 1), (retry.Recorded, retry.Unserved));
        Assert.Null((await _silo.Grains.GetGrain<IArtworkGrain>(guess).Describe())!.ViewedAt);
        Assert.DoesNotContain(guess, far);
        Assert.DoesNotContain(guess, next);
        await VerifyAsync();
    }

    /// <summary>The commit of the guess is held back while the rest of the block leaves the session.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task GuessThatRacesAMoveOfTheMoodIsNotServed(bool isRestTaken)
    {
        var (session, guess) = await OpenWithRestAsync();

        Task<RecordBatchResult> guessed;
        Task<TakeFreshResult> moved;
        using (_silo.Faults.Hold<BatchRecorded>())
        {
            guessed = session.Record(1, guess);
            moved = session.TakeFresh(new FreshRequest(isRestTaken ? 20 : 1, FarMood, null));
        }

        await guessed.WaitAsync(Stop);
        await moved.WaitAsync(Stop);
        await session.Finish([]);
        var next = (await (await OpenAsync()).Take(40, NearMood)).Ids();

        Assert.DoesNotContain(guess, next);
        Assert.DoesNotContain(guess, (await moved).Artworks.Ids());
        await VerifyAsync();
    }

    /// <summary>Several sessions of one listener do at random what a client may do, at the same time.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public async Task NoOrderOfCallsServesWhatWasRecorded(int seed)
    {
        var show = new RandomShow(_silo, seed);

        for (var round = 0; round < 25; round++)
        {
            await show.PlayAsync();
        }

        Assert.Empty(show.Repeats);
        await VerifyAsync();
    }

    private Task<IListenerSessionGrain> OpenAsync() => _silo.OpenSessionAsync(Listener);

    /// <summary>A session with sixteen artworks that were given back, one of them in an answer; and one of the other fifteen.</summary>
    private async Task<(IListenerSessionGrain Session, long Guess)> OpenWithRestAsync()
    {
        var first = await OpenAsync();
        var ids = (await first.Take(16, NearMood)).Ids();
        await first.Finish([.. ids]);
        var session = await OpenAsync();
        Assert.Equal(ids.Min(), Assert.Single(await session.Take(1, NearMood)).ArtworkId);
        return (session, ids.Order().ElementAt(5));
    }

    private async Task VerifyAsync()
    {
        await new PlayedShow(_silo).AddedUpAsync();
        var report = new VerificationResult(20);
        await _silo.Ledger.ReadMomentAsync(
            async moment =>
            {
                await LedgerVerification.RunAsync(moment, report, Stop);
                return true;
            },
            Stop);
        Assert.True(report.Holds, string.Join('\n', report.All.SelectMany(check => check.Rows).Select(row => row.What)));
    }

    /// <summary>Rounds of calls that run at the same time. Sessions that ended go on to deliver late batches.</summary>
    private sealed class RandomShow(ArtFreshCluster silo, int seed)
    {
        private static readonly Mood[] Moods = [NearMood, FarMood, Mood.Neutral];

#pragma warning disable CA5394 // Needs no secret.
        private readonly Random _random = new(seed);
        private readonly List<(IListenerSessionGrain Session, List<long> Served, List<long> Numbers)> _sessions = [];
        private readonly HashSet<long> _recorded = [];

        /// <summary>Artworks that were served or recorded after they had been recorded.</summary>
        public List<string> Repeats { get; } = [];

        public async Task PlayAsync()
        {
            if (_sessions.Count < 3 || _random.Next(4) == 0)
            {
                _sessions.Add((await silo.OpenSessionAsync(Listener), [], [1]));
            }

            // All is drawn before the first call and noted after the last, so that a seed plays the same calls.
            var calls = Enumerable.Range(0, 6).Select(_ => Draw()).ToArray();
            foreach (var note in (await Task.WhenAll(calls.Select(call => call()))).OrderBy(note => note.IsRecord))
            {
                note.Take();
            }
        }

        private Func<Task<(bool IsRecord, Action Take)>> Draw()
        {
            var (session, served, numbers) = _sessions[Math.Max(_random.Next(_sessions.Count), _random.Next(_sessions.Count))];
            var known = _sessions.SelectMany(one => one.Served).Distinct().ToArray();
            switch (_random.Next(8))
            {
                case 3 or 4 or 5 when known.Length > 0:
                    // Its own, another session's, or a guess nearby.
                    var mine = served.Count > 0 ? served[_random.Next(served.Count)] : known[_random.Next(known.Length)];
                    var id = _random.Next(3) switch { 0 => mine, 1 => known[_random.Next(known.Length)], _ => mine + _random.Next(1, 10) };
                    var number = numbers[0]++;
                    return async () =>
                    {
                        var result = await session.Record(number, id);
                        return (true, () => Repeats.AddRange(result.Recorded > 0 && !_recorded.Add(id) ? [$"recorded {id}"] : []));
                    };
                case 6 when _sessions.Count > 2:
                    long[] unshown = [.. served.Concat(known.Take(5)).Distinct().Take(40)];
                    return async () =>
                    {
                        await session.Finish([.. unshown]);
                        return (false, () => { });
                    };
                default:
                    var request = new FreshRequest(_random.Next(1, 12), Moods[_random.Next(Moods.Length)], null);
                    return async () =>
                    {
                        var fresh = await session.TakeFresh(request);
                        return (false, () =>
                        {
                            served.AddRange(fresh.Artworks.Ids());
                            // Of earlier rounds: what this round records may be on its way to the client already.
                            Repeats.AddRange(fresh.Artworks.Ids().Where(_recorded.Contains).Select(id => $"served {id}"));
                        }
                        );
                    };
            }
        }
#pragma warning restore CA5394
    }
}
