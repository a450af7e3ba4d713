namespace ArtFresh.Grains.Artworks;

/// <summary>
/// Draws pictures piece by piece, a few at a time. The next piece is of the network that has had the fewest pixels drawn of late, and there of the narrowest picture, so
/// that neither another's hundred large pictures nor one's own keep a small one waiting for more than a piece. Thread-safe.
/// </summary>
/// <param name="threads">Pieces drawn at one time.</param>
/// <param name="pixelsPerMinute">What one network may have drawn.</param>
internal sealed class DrawingQueue(int threads, long pixelsPerMinute, TimeProvider clock)
{
    private const int WaitingMax = 2_000;

    /// <summary>Pixels count half as much after so many seconds: who draws now comes after those who drew before.</summary>
    private const double HalfLifeSeconds = 2;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ulong, Line> _lines = [];
    private long _minuteBegan = clock.GetTimestamp();
    private long _number;
    private int _waiting;
    private int _working;

    /// <summary>Queues a picture. Null where the network has spent its pixels or too much waits already, and when to come back.</summary>
    /// <param name="network">Who asks; each is asked for its own turn.</param>
    /// <param name="pieces">Draws a piece a step, and says how many pixels it had.</param>
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
#pragma warning disable CA1031 // Whoever asked gets the exception; the thread goes on.
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

    /// <summary>In place of halving all that was drawn every two seconds, what is drawn counts twice as much: only the order matters.</summary>
    private double Inflation() => Math.Pow(2, clock.GetElapsedTime(_minuteBegan).TotalSeconds / HalfLifeSeconds);

    private sealed record Job(int Width, long Number, IEnumerator<int> Pieces, long Pixels)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What one network waits for. Begun pictures are few: one a width.</summary>
    private sealed class Line
    {
        public PriorityQueue<Job, (int Width, long Number)> Jobs { get; } = new();

        /// <summary>Pixels within the minute.</summary>
        public long Drawn { get; set; }

        /// <summary>Pixels by how recent they are.</summary>
        public double Recent { get; set; }

        public long Queued { get; set; }
    }
}
