namespace ArtFresh.Grains.Artworks;

/// <summary>
/// Draws pictures piece by piece, a few at a time. The next piece belongs to the network with the fewest pixels drawn recently, and there to the narrowest picture: a
/// small picture waits for one piece, not for a hundred large pictures of the same or another network. Thread-safe.
/// </summary>
/// <param name="threads">Pieces drawn in parallel.</param>
/// <param name="pixelsPerMinute">Quota of one network.</param>
internal sealed class DrawingQueue(int threads, long pixelsPerMinute, TimeProvider clock)
{
    private const int WaitingMax = 2_000;

    /// <summary>After this time a network's drawn pixels count half in the choice of the next piece.</summary>
    private const double HalfLifeSeconds = 2;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ulong, Line> _lines = [];
    private long _minuteBegan = clock.GetTimestamp();
    private long _number;
    private int _waiting;
    private int _working;

    /// <summary>Queues a picture.</summary>
    /// <param name="network">Prefix of the caller's network, whose quota pays.</param>
    /// <param name="width">Pixels across; the picture is square.</param>
    /// <param name="pieces">Draws one piece on each step and returns its number of pixels.</param>
    /// <param name="retryAfter">When to try again, if the picture was refused.</param>
    /// <returns>Completes when the picture is drawn; null if the network's quota is spent or the queue is full.</returns>
    public Task? TryDraw(ulong network, int width, IEnumerable<int> pieces, out TimeSpan retryAfter)
    {
        lock (_lines)
        {
            BeginMinuteIfDue();
            if (!_lines.TryGetValue(network, out var line))
            {
                _lines[network] = line = new Line();
            }

            var pixels = (long)width * width;
            var isSpent = line.Drawn + line.Queued + pixels > pixelsPerMinute && line.Drawn + line.Queued > 0;
            retryAfter = isSpent ? Minute - clock.GetElapsedTime(_minuteBegan) : Soon;
            if (isSpent || _waiting >= WaitingMax)
            {
                return null;
            }

            var job = new Job(width, _number++, pieces.GetEnumerator(), pixels);
            line.Jobs.Enqueue(job, (job.Width, job.Number));
            line.Queued += pixels;
            _waiting++;
            if (_working < threads)
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
            var isOver = true;
            try
            {
                isOver = !job.Pieces.MoveNext();
                if (isOver)
                {
                    job.Done.SetResult();
                }
            }
#pragma warning disable CA1031 // The caller gets the exception; the thread continues.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                job.Done.SetException(failure);
            }

            Return(line, job, isOver);
        }
    }

    private (Line, Job)? Next()
    {
        lock (_lines)
        {
            BeginMinuteIfDue();
            var line = _lines.Values.Where(line => line.Jobs.Count > 0).MinBy(line => line.Recent);
            if (line is null)
            {
                _working--;
                return null;
            }

            return (line, line.Jobs.Dequeue());
        }
    }

    private void Return(Line line, Job job, bool isOver)
    {
        lock (_lines)
        {
            if (!isOver)
            {
                line.Drawn += job.Pieces.Current;
                line.Recent += job.Pieces.Current * Inflation();
                line.Jobs.Enqueue(job, (job.Width, job.Number));
                return;
            }

            line.Queued -= job.Pixels;
            _waiting--;
        }
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
            if (line.Queued == 0)
            {
                _lines.Remove(network);
            }
        }
    }

    /// <summary>Weight of pixels drawn now. Doubling it every <see cref="HalfLifeSeconds"/> orders networks as halving all earlier pixels would, without touching them.</summary>
    private double Inflation() => Math.Pow(2, clock.GetElapsedTime(_minuteBegan).TotalSeconds / HalfLifeSeconds);

    private sealed record Job(int Width, long Number, IEnumerator<int> Pieces, long Pixels)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The waiting pictures of one network. At most one picture of each width is partly drawn.</summary>
    private sealed class Line
    {
        public PriorityQueue<Job, (int Width, long Number)> Jobs { get; } = new();

        /// <summary>Pixels drawn in the current minute.</summary>
        public long Drawn { get; set; }

        /// <summary>Drawn pixels, weighted by <see cref="Inflation"/>.</summary>
        public double Recent { get; set; }

        public long Queued { get; set; }
    }
}
