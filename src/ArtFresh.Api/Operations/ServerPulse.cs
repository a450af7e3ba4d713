using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>The answers of one minute.</summary>
/// <param name="Refused">Answers 4xx other than 429: the request was wrong.</param>
/// <param name="Limited">Answers 429: a quota was used up.</param>
/// <param name="TurnedAway">Answers 503: the server could not serve.</param>
/// <param name="Errors">Other answers from 500 up.</param>
internal sealed record PulseMinute(DateTimeOffset At, long Requests, long Refused, long Limited, long TurnedAway, long Errors);

/// <summary>Something that is wrong at the moment.</summary>
/// <param name="Name"><c>errors</c>, <c>turnedAway</c>, <c>refused</c> or <c>commitsFailed</c>.</param>
/// <param name="Since">When it began: since then it has been so in every few seconds with requests.</param>
/// <param name="Share">The share of the requests over the last half minute; of the commits for <c>commitsFailed</c>.</param>
/// <param name="Source"><c>evidence</c>: this server's own failures; <c>claim</c>: refusals, for which one stranger's requests are enough.</param>
internal sealed record PulseTrouble(string Name, DateTimeOffset Since, double Share, string Source);

/// <summary>What this server does at the moment, and over the last hour.</summary>
/// <param name="StartedAt">Before this nothing was seen.</param>
/// <param name="Minutes">The last hour, oldest first, without minutes before the start.</param>
/// <param name="RequestsASecond">Over the last half minute.</param>
/// <param name="ProblemsASecond">Requests refused, limited, turned away or failed.</param>
/// <param name="CommitMs">Mean time of the ledger's transactions over the last half minute; null without one, as in a front end without a silo.</param>
/// <param name="Sessions">Sessions in memory on all silos; null if they could not be asked.</param>
/// <param name="Troubles">What is wrong at the moment, the worst first.</param>
internal sealed record PulseBody(
    DateTimeOffset StartedAt, ImmutableArray<PulseMinute> Minutes, double RequestsASecond, double ProblemsASecond, double? CommitMs, int? Sessions, ImmutableArray<PulseTrouble> Troubles);

/// <summary>
/// Counts what this server answers, from the metrics of ASP.NET Core and of the ledger writer, in steps of five seconds over an hour. Operators' own requests, health checks and
/// scrapes are left out.
/// </summary>
internal sealed class ServerPulse : IDisposable
{
    /// <summary>Fewer requests in the half minute say nothing.</summary>
    private const int RequestsMin = 20;

    /// <summary>Networks whose refusals are counted apart, of a step.</summary>
    private const int NetworksMax = 64;

    private const int SecondsPerStep = 5;
    private const int StepsPerMinute = 60 / SecondsPerStep;
    private const int StepsNow = 30 / SecondsPerStep;
    private const int StepsKept = 60 * StepsPerMinute;

    /// <summary>The worst first. Answers 429 are none: a quota does its work.</summary>
    private static readonly Kind[] Kinds =
    [
        new("commitsFailed", "evidence", step => step.Commits + step.CommitsFailed, step => step.CommitsFailed, ShareMax: 0, BadMax: 0),
        new("errors", "evidence", step => step.Requests, step => step.Errors, ShareMax: 0.01, BadMax: RequestsMin),
        new("turnedAway", "evidence", step => step.Requests, step => step.TurnedAway, ShareMax: 0.05, BadMax: RequestsMin),
        new("refused", "claim", step => step.Requests, step => step.Refused, ShareMax: 0.2, BadMax: long.MaxValue, step => step.RefusedBy),
    ];

    private readonly TimeProvider _clock;
    private readonly IMeterFactory _meters;
    private readonly MeterListener _listener;
    private readonly Step?[] _steps = new Step?[StepsKept];
    private readonly DateTimeOffset _startedAt;

    public ServerPulse(IMeterFactory meters, TimeProvider clock, Refusals refusals)
    {
        (_meters, _clock, _startedAt) = (meters, clock, clock.GetUtcNow());
        refusals.Refused += NoteRefusal;
        _listener = new MeterListener { InstrumentPublished = Hear };
        _listener.SetMeasurementEventCallback<double>(Measured);
        _listener.SetMeasurementEventCallback<long>(Counted);
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>What was seen.</summary>
    /// <param name="sessions">Sessions in memory; null if unknown.</param>
    public PulseBody Read(int? sessions)
    {
        var now = StepNow();
        // The step that is under way has not all of its answers.
        var recent = Between(now - StepsNow, now);
        var seconds = Math.Max(SecondsPerStep, Math.Min(StepsNow * SecondsPerStep, (_clock.GetUtcNow() - _startedAt).TotalSeconds));
        var commits = recent.Sum(step => step.Commits);
        return new PulseBody(
            _startedAt, Minutes(now), recent.Sum(step => step.Requests) / seconds, recent.Sum(step => step.Problems) / seconds,
            commits == 0 ? null : recent.Sum(step => step.CommitMicroseconds) / 1000.0 / commits, sessions, [.. Kinds.Select(kind => Judge(kind, recent, now)).OfType<PulseTrouble>()]);
    }

    private PulseTrouble? Judge(Kind kind, IReadOnlyList<Step> recent, long now)
    {
        var ofOne = OfOneNetwork(kind, recent);
        var (all, bad) = (recent.Sum(kind.All) - ofOne, recent.Sum(kind.Bad) - ofOne);
        if (bad <= kind.BadMax && (all < RequestsMin || bad <= kind.ShareMax * all))
        {
            return null;
        }

        var since = recent.First(step => kind.Bad(step) > 0).Number;
        foreach (var step in Between(now - StepsKept, since).Reverse().Where(step => kind.All(step) > 0))
        {
            // What nobody asked for in between is not known to have lasted.
            if (since - step.Number > StepsNow || kind.Bad(step) <= kind.ShareMax * kind.All(step))
            {
                break;
            }

            since = step.Number;
        }

        return new PulseTrouble(kind.Name, TimeOf(since), (double)bad / all, kind.Source);
    }

    private void NoteRefusal(HttpContext http)
    {
        if (!OperatorCookie.IsDoor(http.Request))
        {
            Current().NoteRefusal(Network.Of(http));
        }
    }

    /// <summary>How much the network with most of it has: a stranger alone is no trouble.</summary>
    private static long OfOneNetwork(Kind kind, IReadOnlyList<Step> recent) => kind.ByNetwork is not { } byNetwork ? 0
        : recent.SelectMany(byNetwork).GroupBy(refusals => refusals.Key).Select(network => network.Sum(refusals => refusals.Value)).DefaultIfEmpty().Max();

    private ImmutableArray<PulseMinute> Minutes(long now) =>
    [
        .. Between(now - StepsKept + StepsPerMinute, now + 1).GroupBy(step => step.Number / StepsPerMinute).Select(minute => new PulseMinute(
            TimeOf(minute.Key * StepsPerMinute), minute.Sum(step => step.Requests), minute.Sum(step => step.Refused), minute.Sum(step => step.Limited),
            minute.Sum(step => step.TurnedAway), minute.Sum(step => step.Errors))),
    ];

    private IReadOnlyList<Step> Between(long from, long to) =>
        [.. Enumerable.Range(0, (int)Math.Max(0, to - from)).Select(i => _steps[(from + i) % StepsKept] is { } step && step.Number == from + i ? step : null).OfType<Step>()];

    private long StepNow() => _clock.GetUtcNow().ToUnixTimeSeconds() / SecondsPerStep;

    private static DateTimeOffset TimeOf(long step) => DateTimeOffset.FromUnixTimeSeconds(step * SecondsPerStep);

    private Step Current()
    {
        var number = StepNow();
        ref var place = ref _steps[number % StepsKept];
        var step = Volatile.Read(ref place);
        while (step is null || step.Number < number)
        {
            Interlocked.CompareExchange(ref place, new Step(number), step);
            step = Volatile.Read(ref place);
        }

        return step!;
    }

    private void Hear(Instrument instrument, MeterListener listener)
    {
        // Other hosts of this process have meters of the same names.
        if (ReferenceEquals(instrument.Meter.Scope, _meters) && instrument.Name is "http.server.request.duration" or "artfresh.commits.timed" or "artfresh.commits.failed")
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private void Measured(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name == "artfresh.commits.timed")
        {
            Current().Commit(seconds);
            return;
        }

        var status = 0;
        foreach (var (name, value) in tags)
        {
            if (name == "http.route" && value is string route && (route.StartsWith("/api/ops", StringComparison.Ordinal) || route.StartsWith("/healthz", StringComparison.Ordinal) || route == "/metrics"))
            {
                return;
            }

            status = name == "http.response.status_code" && value is int code ? code : status;
        }

        Current().Answer(status);
    }

    private void Counted(Instrument instrument, long failures, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (failures > 0)
        {
            Current().Fail(failures);
        }
    }

    /// <param name="ShareMax">More than this share of all is trouble.</param>
    /// <param name="BadMax">More than so many are trouble, however many others there are: a stranger's requests would hide them.</param>
    /// <param name="ByNetwork">Counts by network, for what one stranger can do; null for what the server does.</param>
    private sealed record Kind(
        string Name, string Source, Func<Step, long> All, Func<Step, long> Bad, double ShareMax, long BadMax, Func<Step, IEnumerable<KeyValuePair<Network, long>>>? ByNetwork = null);

    /// <summary>Counts of five seconds. Several threads add to it.</summary>
    /// <param name="number">Steps since 1970.</param>
    private sealed class Step(long number)
    {
        private long _requests, _refused, _limited, _turnedAway, _errors, _commits, _commitMicroseconds, _commitsFailed;

        private ConcurrentDictionary<Network, long>? _refusedBy;

        public long Number => number;

        public IEnumerable<KeyValuePair<Network, long>> RefusedBy => _refusedBy ?? [];

        public long Requests => Volatile.Read(ref _requests);

        public long Refused => Volatile.Read(ref _refused);

        public long Limited => Volatile.Read(ref _limited);

        public long TurnedAway => Volatile.Read(ref _turnedAway);

        public long Errors => Volatile.Read(ref _errors);

        public long Problems => Refused + Limited + TurnedAway + Errors;

        public long Commits => Volatile.Read(ref _commits);

        public long CommitMicroseconds => Volatile.Read(ref _commitMicroseconds);

        public long CommitsFailed => Volatile.Read(ref _commitsFailed);

        public void Answer(int status)
        {
            Interlocked.Increment(ref _requests);
            switch (status)
            {
                case 429:
                    Interlocked.Increment(ref _limited);
                    break;
                case 503:
                    Interlocked.Increment(ref _turnedAway);
                    break;
                case >= 500:
                    Interlocked.Increment(ref _errors);
                    break;
                case >= 400 and not 499:
                    Interlocked.Increment(ref _refused);
                    break;
            }
        }

        public void NoteRefusal(Network network)
        {
            var refusedBy = LazyInitializer.EnsureInitialized(ref _refusedBy);
            if (refusedBy.Count < NetworksMax || refusedBy.ContainsKey(network))
            {
                refusedBy.AddOrUpdate(network, 1, static (_, refusals) => refusals + 1);
            }
        }

        public void Commit(double seconds)
        {
            Interlocked.Increment(ref _commits);
            Interlocked.Add(ref _commitMicroseconds, (long)(seconds * 1e6));
        }

        public void Fail(long failures) => Interlocked.Add(ref _commitsFailed, failures);
    }
}
