using System.Text.Json;

namespace ArtFresh.Api;

/// <summary>Caches the list of songs for a few seconds: reading twenty thousand file names takes 40 ms of processor time.</summary>
internal sealed class SongListing(ApiOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    private readonly Lock _listing = new();
    private byte[] _body = [];
    private long? _listedAt;

    /// <summary>JSON of a <see cref="MusicBody"/>, at most a few seconds old.</summary>
    public byte[] Body()
    {
        lock (_listing)
        {
            if (_listedAt is not { } listedAt || clock.GetElapsedTime(listedAt) >= Age)
            {
                var body = JsonSerializer.SerializeToUtf8Bytes(new MusicBody(SongLibrary.List(options.MusicDirectory)), ApiJson.Default.MusicBody);
                // Clients that read slowly hold the old one: of the same songs there is one.
                _body = body.AsSpan().SequenceEqual(_body) ? _body : body;
                _listedAt = clock.GetTimestamp();
            }
            return _body;
        }
    }
}
