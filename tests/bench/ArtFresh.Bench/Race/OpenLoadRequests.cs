using System.Globalization;
using System.Text;

namespace ArtFresh.Bench;

/// <summary>The requests of an open loop, as <c>tests/bench/load/load.lua</c> makes them: w, r, or m, which is one w to four r.</summary>
internal sealed class OpenLoadRequests
{
    private const int Batch = 50;
    private const int Stride = 7;
    private const int Mixed = 5;
    private const int BodyAt = 4_096;

    private readonly string _work;
    private readonly long _start;
    private readonly int _chunks;
    private readonly byte[][] _artworks;
    private readonly Listener[] _listeners;

    public OpenLoadRequests(string work, string world, long start)
    {
        (_work, _start) = (work, start);
        var lines = File.ReadAllLines(world);
        var (first, span) = (int.Parse(lines[0].Split(' ')[0], CultureInfo.InvariantCulture), int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture));
        _chunks = span / Batch;
        _artworks = [.. Enumerable.Range(0, _chunks).Select(chunk => Encoding.ASCII.GetBytes(string.Join(',', Enumerable.Range(chunk * Batch, Batch).Select(at => first + ((long)at * Stride % span)))))];
        _listeners = [.. lines.Skip(1).Select(Listener.Parse)];
    }

    /// <summary>How many batches are among the first so many requests.</summary>
    public long BatchesIn(long requests) => _work switch { "w" => requests, "m" => (requests + Mixed - 1) / Mixed, _ => 0 };

    /// <summary>Writes a request.</summary>
    /// <returns>The part of the buffer that it takes.</returns>
    public ReadOnlySpan<byte> Write(long number, byte[] buffer)
    {
        if (_work == "r" || (_work == "m" && number % Mixed != 0))
        {
            return _listeners[number % _listeners.Length].Fresh;
        }

        var batch = _work == "m" ? number / Mixed : number;
        var listener = _listeners[batch % _listeners.Length];
        var own = _start + (batch / _listeners.Length);
        var ids = _artworks[(listener.FirstChunk + own) % _chunks];
        // A head's length is that of the body, which therefore is written first, where the head cannot reach.
        var body = buffer.AsSpan(BodyAt);
        var bodyLength = 0;
        Append(body, ref bodyLength, listener.Body);
        System.Text.Unicode.Utf8.TryWrite(body[bodyLength..], CultureInfo.InvariantCulture, $"{Guid.CreateVersion7()}\",\"firstNumber\":{(own * Batch) + 1},\"artworkIds\":[", out var written);
        bodyLength += written;
        Append(body, ref bodyLength, ids);
        Append(body, ref bodyLength, "]}"u8);
        var head = buffer.AsSpan(0, BodyAt);
        var headLength = 0;
        Append(head, ref headLength, listener.Post);
        System.Text.Unicode.Utf8.TryWrite(head[headLength..], CultureInfo.InvariantCulture, $"{bodyLength}\r\n\r\n", out written);
        headLength += written;
        body[..bodyLength].CopyTo(buffer.AsSpan(headLength));
        return buffer.AsSpan(0, headLength + bodyLength);
    }

    private static void Append(Span<byte> text, ref int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(text[length..]);
        length += part.Length;
    }

    /// <summary>A listener's parts of a request.</summary>
    /// <param name="Fresh">A request for art.</param>
    /// <param name="Post">The head of a batch, up to its length.</param>
    /// <param name="Body">The start of a batch, up to its id.</param>
    private sealed record Listener(long FirstChunk, byte[] Fresh, byte[] Post, byte[] Body)
    {
        public static Listener Parse(string line)
        {
            // session single-session first-chunk valence energy cookie
            var parts = line.Split(' ', 6);
            var common = $"Host: 127.0.0.1\r\nCookie: {parts[5]}\r\n";
            return new Listener(
                long.Parse(parts[2], CultureInfo.InvariantCulture),
                Encoding.ASCII.GetBytes($"GET /api/artworks/fresh?sessionId={parts[0]}&count=5&valence={parts[3]}&energy={parts[4]} HTTP/1.1\r\n{common}\r\n"),
                Encoding.ASCII.GetBytes($"POST /api/artworks/batch-impressions HTTP/1.1\r\n{common}Content-Type: application/json\r\nContent-Length: "),
                Encoding.ASCII.GetBytes($"{{\"sessionId\":\"{parts[0]}\",\"batchId\":\""));
        }
    }
}
