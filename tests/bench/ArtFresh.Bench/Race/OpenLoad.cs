using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ArtFresh.Bench;

/// <summary>
/// The process of an open loop: threads with a connection each, of which a free one takes the next arrival, waits for its time, asks, and waits for the answer. Where all
/// are busy an arrival waits, and its time runs.
/// </summary>
internal sealed class OpenLoad(Uri address, OpenLoadRequests requests, double rate, TimeSpan timeMax)
{
    /// <summary>More than are under way where the server pauses for 10 ms.</summary>
    private const int Connections = 192;

    /// <summary>Its own code is compiled in this time, and the connections are made; none of it is measured.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly long _arrivals = (long)(rate * (WarmUp + timeMax).TotalSeconds);
    private readonly long _unmeasured = (long)(rate * WarmUp.TotalSeconds);
    private readonly float[] _microseconds = new float[(long)(rate * timeMax.TotalSeconds) + 1];
    private long _began;
    private long _next = -1;
    private long _taken;
    private long _refused;
    private long _broken;
    private long _bytes;
    private volatile bool _isStopped;

    public static void Run(string address, string work, string world, string start, string rate, string seconds)
    {
        var requests = new OpenLoadRequests(work, world, long.Parse(start, CultureInfo.InvariantCulture));
        var load = new OpenLoad(new Uri(address), requests, double.Parse(rate, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
        Console.WriteLine(JsonSerializer.Serialize(load.Run(), Json));
    }

    private Load Run()
    {
        new Thread(StopWithInput) { IsBackground = true }.Start();
        _began = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, Connections).Select(_ => new Thread(Serve, 256 * 1024)).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        var measured = (int)Math.Clamp(_taken - _unmeasured, 1, _microseconds.Length);
        var times = _microseconds.AsSpan(0, measured);
        times.Sort();
        double At(double share) => _microseconds[(int)(measured * share)];
        var sent = requests.BatchesIn(_taken);
        return new Load(
            _taken, _taken / rate, sent, (sent + 1) / Wrk.Threads, _refused, _broken, _bytes, At(0.5), At(0.99), _microseconds[measured - 1], P999Us: At(0.999));
    }

    private void StopWithInput()
    {
        while (Console.In.Read() >= 0)
        {
            // Nothing is said there.
        }

        _isStopped = true;
    }

    private void Serve()
    {
        using var connection = new OpenLoadConnection(address);
        var buffer = new byte[16 * 1024];
        while (!_isStopped)
        {
            var number = Interlocked.Increment(ref _next);
            if (number >= _arrivals)
            {
                return;
            }

            var due = _began + (long)(number / rate * Stopwatch.Frequency);
            // Made before it is due: making it is not the server's time.
            var request = requests.Write(number, buffer);
            WaitUntil(due);
            Interlocked.Increment(ref _taken);
            var status = connection.Ask(request, ref _bytes);
            if (number >= _unmeasured && number - _unmeasured < _microseconds.Length)
            {
                _microseconds[number - _unmeasured] = (float)Stopwatch.GetElapsedTime(due).TotalMicroseconds;
            }

            if (status is < 200 or >= 300)
            {
                Interlocked.Increment(ref (status == 0 ? ref _broken : ref _refused));
            }
        }
    }

    /// <summary>To some 60 us. The runtime's own sleep would be a millisecond late.</summary>
    private static void WaitUntil(long due)
    {
        var nanoseconds = (due - Stopwatch.GetTimestamp()) * 1_000_000_000 / Stopwatch.Frequency;
        if (nanoseconds > 0)
        {
            var time = new Timespec(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
            _ = Sleep(ref time, IntPtr.Zero);
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(ref Timespec time, IntPtr left);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
