using System.Text.Json;

namespace ArtFresh.Api;

/// <summary>The answer that lists the songs, made anew at most every few seconds: to read twenty thousand files takes 40 ms of processor time.</summary>
internal sealed class SongListing(ApiOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    private readonly Lock _listing = new();
    private byte[] _body = [];
    private long? _listedAt;

    /// <summary>JSON of a <see cref="MusicBody"/>. A song that is added is in it after a few seconds.</summary>
    public byte[] Body()
    {
        lock (_listing)
        {
            if (_listedAt is not { } listedAt || clock.GetElapsedTime(listedAt) >= Age)
            {
                _body = JsonSerializer.SerializeToUtf8Bytes(new MusicBody(SongLibrary.List(options.MusicDirectory)), ApiJson.Default.MusicBody);
                _listedAt = clock.GetTimestamp();
            }
            return _body;
        }
    }
}
