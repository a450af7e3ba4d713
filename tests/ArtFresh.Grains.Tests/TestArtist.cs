using System.Security.Cryptography;
using ArtFresh.Contracts;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Tests;

/// <summary>A slow artist that counts what it is asked for, and paints when the test lets it.</summary>
internal sealed class TestArtist : ISlowArtist
{
    public bool IsAvailable { get; init; } = true;

    public bool IsQuick { get; init; }

    public int Cancelled { get; private set; }

    public Task Painting { get; init; } = Task.CompletedTask;

    public int Asked { get; private set; }

    public bool IsExpectedWithin(TimeSpan time) => IsQuick;

    public async Task<NewArtwork> PaintAsync(int pool, Mood mood, CancellationToken cancellationToken)
    {
        Asked++;
        using var leaving = cancellationToken.Register(() => Cancelled++);
        await Painting.WaitAsync(cancellationToken);
        var hash = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return new NewArtwork(pool, mood, "test-images", null, hash, hash, null, "Painted", null, null);
    }
}
