using ArtFresh.Contracts;

namespace ArtFresh.Grains.Artworks;

/// <summary>
/// Draws pictures piece by piece, a few at a time. The next piece belongs to the network with the fewest pixels drawn recently, and there to the narrowest picture: a
/// small picture waits for one piece, not for a hundred large pictures of the same or another network. What cannot be drawn soon is refused at once, and is the widest
/// picture of the network that asks for most: a network that asks for few is drawn however many others wait. Thread-safe.
/// </summary>
/// <param name="threads">Pieces drawn in parallel.</param>
/// <param name="pixelsPerMinute">Quota of one network.</param>
internal sealed class DrawingQueue(int threads, long pixelsPerMinute, TimeProvider clock)
{
    /// <summary>No more waits than is drawn in this time, as fast as the last pieces were.</summary>
    internal static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(12);

    /// <summary>A picture that is not drawn after this time is refused: wider ones may be passed again and again. Orleans gives up a call after 30 s.</summary>
    internal static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(20);

    /// <summary>Pixels that wait for one thread, however fast it is: each may be partly drawn, and then takes four bytes.</summary>
    private const long WaitingPixelsMax = 24_000_000;

    /// <summary>And however slow it is: some of the widest pictures.</summary>
    private const long WaitingPixelsMin = 4_000_000;

    /// <summary>What a slow core draws, until pieces were timed.</summary>
    private const double FirstPixelsPerSecond = 1_000_000;

    /// <summary>Seconds of drawing after which its speed counts half.</summary>
    private const double TimedSeconds = 4;

    /// <summary>After this time a network's drawn pixels count half in the choice of the next piece.</summary>
    private const double HalfLifeSeconds = 2;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ulong, Line> _lines = [];
    private long _minuteBegan = clock.GetTimestamp();
    private long _sweptAt = clock.GetTimestamp();
    private long _number;
    private long _waitingPixels;
    private int _working;
    private (double Pixels, double Seconds) _timed = (FirstPixelsPerSecond, 1);

    private double PixelsPerSecond => threads * _timed.Pixels / _timed.Seconds;

    /// <summary>Draws a picture when its turn comes.</summary>
    /// <param name="network">Prefix of the caller's network, whose quota pays.</param>
    /// <param name="width">Pixels across; the picture is square.</param>
    /// <param name="pieces">Draws one piece on each step and returns its number of pixels.</param>
    /// <returns>Null when the picture is drawn; else why it is not.</returns>
    public Task<DrawingRefusal?> DrawAsync(ulong network, int width, IEnumerable<int> pieces)
    {
        lock (_lines)
        {
            BeginMinuteIfDue();
            if (!_lines.TryGetValue(network, out var line))
            {
                _lines[network] = line = new Line();
            }

            var pixels = (long)width * width;
            if (line.Drawn + line.Waiting + pixels > pixelsPerMinute && line.Drawn + line.Waiting > 0)
            {
                return Task.FromResult<DrawingRefusal?>(new DrawingRefusal(PictureOutcome.Drawn, Minute - clock.GetElapsedTime(_minuteBegan)));
            }

            var job = new Job(width, _number++, pieces.GetEnumerator(), pixels, clock.GetTimestamp());
            line.Jobs.Add(job);
            line.Waiting += pixels;
            _waitingPixels += pixels;
            RefuseTooMany();
            if (_working < threads && !job.Done.Task.IsCompleted)
            {
                _working++;
                _ = Task.Run(Work, CancellationToken.None);
            }

            return job.Done.Task;
        }
    }

    private void Work()
    {
        while (Next() is var (line, job))
        {
            var (isOver, began) = (true, clock.GetTimestamp());
            try
            {
                isOver = !job.Pieces.MoveNext();
                if (isOver)
                {
                    job.Done.SetResult(null);
                }
            }
#pragma warning disable CA1031 // The caller gets the exception; the thread continues.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                job.Done.SetException(failure);
            }

            Return(line, job, isOver, clock.GetElapsedTime(began));
        }
    }

    private (Line, Job)? Next()
    {
        lock (_lines)
        {
            BeginMinuteIfDue();
            RefuseOverdue();
            var line = _lines.Values.Where(line => line.Jobs.Count > 0).MinBy(line => line.Recent);
            if (line is null)
            {
                _working--;
                return null;
            }

            var job = line.Jobs.Min!;
            line.Jobs.Remove(job);
            return (line, job);
        }
    }

    private void Return(Line line, Job job, bool isOver, TimeSpan took)
    {
        lock (_lines)
        {
            var pixels = isOver ? 0 : job.Pieces.Current;
            _timed = (_timed.Pixels + pixels, _timed.Seconds + took.TotalSeconds);
            _timed = _timed.Seconds > 2 * TimedSeconds ? (_timed.Pixels / 2, _timed.Seconds / 2) : _timed;
            if (isOver)
            {
                Leave(line, job);
                return;
            }

            line.Drawn += pixels;
            line.Recent += pixels * Inflation();
            line.Jobs.Add(job);
        }
    }

    private void Leave(Line line, Job job)
    {
        line.Waiting -= job.Pixels;
        _waitingPixels -= job.Pixels;
        job.Pieces.Dispose();
    }

    /// <summary>Refuses pictures of the networks that ask for most, until the rest can be drawn in time. Of networks that ask for the same the last one is refused.</summary>
    private void RefuseTooMany()
    {
        var (inflation, most) = (Inflation(), Math.Clamp(PixelsPerSecond * WaitMax.TotalSeconds, threads * WaitingPixelsMin, threads * WaitingPixelsMax));
        while (_waitingPixels > most
            && _lines.Values.Where(one => one.Jobs.Count > 0).MaxBy(one => (one.Waiting + (one.Recent / inflation), one.Jobs.Max!.Number)) is { } line)
        {
            Refuse(line, line.Jobs.Max!);
        }
    }

    private void RefuseOverdue()
    {
        if (clock.GetElapsedTime(_sweptAt) < Second)
        {
            return;
        }

        _sweptAt = clock.GetTimestamp();
        foreach (var line in _lines.Values)
        {
            foreach (var job in line.Jobs.Where(job => clock.GetElapsedTime(job.CameAt) >= PatienceMax).ToList())
            {
                Refuse(line, job);
            }
        }
    }

    private void Refuse(Line line, Job job)
    {
        line.Jobs.Remove(job);
        Leave(line, job);
        // Who asked for nothing else is refused because of others.
        var outcome = line.Waiting > 0 || line.Drawn > 0 ? PictureOutcome.Crowded : PictureOutcome.Saturated;
        job.Done.SetResult(new DrawingRefusal(outcome, TimeSpan.FromSeconds(Math.Clamp(_waitingPixels / PixelsPerSecond, 1, WaitMax.TotalSeconds))));
    }

    private void BeginMinuteIfDue()
    {
        if (clock.GetElapsedTime(_minuteBegan) < Minute)
        {
            return;
        }

        var inflation = Inflation();
        _minuteBegan = clock.GetTimestamp();
        foreach (var (network, line) in _lines)
        {
            line.Drawn = 0;
            line.Recent /= inflation;
            if (line.Waiting == 0)
            {
                _lines.Remove(network);
            }
        }
    }

    /// <summary>Weight of pixels drawn now. Doubling it every <see cref="HalfLifeSeconds"/> orders networks as halving all earlier pixels would, without touching them.</summary>
    private double Inflation() => Math.Pow(2, clock.GetElapsedTime(_minuteBegan).TotalSeconds / HalfLifeSeconds);

    private sealed record Job(int Width, long Number, IEnumerator<int> Pieces, long Pixels, long CameAt)
    {
        public TaskCompletionSource<DrawingRefusal?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The waiting pictures of one network. At most one picture of each width is partly drawn.</summary>
    private sealed class Line
    {
        private static readonly Comparer<Job> NarrowestFirst = Comparer<Job>.Create((one, other) => (one.Width, one.Number).CompareTo((other.Width, other.Number)));

        /// <summary>Those of which no piece is being drawn.</summary>
        public SortedSet<Job> Jobs { get; } = new(NarrowestFirst);

        /// <summary>Pixels drawn in the current minute.</summary>
        public long Drawn { get; set; }

        /// <summary>Drawn pixels, weighted by <see cref="Inflation"/>.</summary>
        public double Recent { get; set; }

        /// <summary>Pixels of the pictures that are not drawn, the whole of a partly drawn one.</summary>
        public long Waiting { get; set; }
    }
}

/// <summary>Why a picture is not drawn.</summary>
/// <param name="Outcome"><see cref="PictureOutcome.Drawn"/> where the network's quota is spent, else <see cref="PictureOutcome.Crowded"/> or <see cref="PictureOutcome.Saturated"/>.</param>
/// <param name="RetryAfter">When to ask again.</param>
internal sealed record DrawingRefusal(PictureOutcome Outcome, TimeSpan RetryAfter);
