using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ArtFresh.Contracts;

namespace ArtFresh.Grains;

/// <summary>
/// Checks the arguments of grain calls. The front end checks the same limits for HTTP, but any program with a cluster client can call grains, and one call must
/// not cost more than one request may.
/// </summary>
internal static class CallLimits
{
    /// <summary>The most artworks given back at once: a session's unserved ones, and those its client says it never showed.</summary>
    private const int ReturnedMax = Limits.UnshownArtworksMax + Limits.BatchArtworksMax;

    /// <summary>The most artworks read from a pool at once.</summary>
    private const int StretchMax = 1000;

    private static readonly string TooManyTimes = $"A report holds at most {Limits.DisplayTimesMax} display times.";

    /// <exception cref="ArgumentException">The count, the mood or the length of the request's id is out of range.</exception>
    public static void Check(FreshRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckRange(request.Count, 1, Limits.FreshArtworksMax);
        CheckMood(request.Mood);
        CheckLength(request.RequestId ?? "", 0, Limits.RequestIdLengthMax);
        CheckCollections(request.Collections);
    }

    private static void CheckCollections(ImmutableArray<string> collections)
    {
        if (!collections.IsDefaultOrEmpty)
        {
            CheckCount(collections, 1, Limits.CollectionsAskedMax);
            foreach (var collection in collections)
            {
                CheckLength(collection, 1, Limits.CollectionLengthMax);
            }
        }
    }

    /// <exception cref="ArgumentException">The batch is empty or too large, or one of its values is out of range.</exception>
    public static void Check(ImpressionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var genomes = batch.Genomes.IsDefault ? [] : batch.Genomes;
        var times = batch.DisplayedAtMs.IsDefault ? [] : batch.DisplayedAtMs;
        CheckCount(batch.ArtworkIds, 1, Limits.BatchArtworksMax);
        CheckReported(batch.Revisits.IsDefault ? [] : batch.Revisits);
        CheckRange(batch.FirstNumber ?? 1, 1, Limits.ImpressionNumberMax - batch.ArtworkIds.Length + 1);
        Require(times.IsEmpty || times.Length == batch.ArtworkIds.Length, "A batch has a display time for each artwork, or none.");
        Require(genomes.IsEmpty || genomes.Length == batch.ArtworkIds.Length, "A batch has a genome or null for each artwork, or no genomes.");
        for (var i = 0; i < batch.ArtworkIds.Length; i++)
        {
            var genome = genomes.IsEmpty ? null : genomes[i];
            CheckLength(genome ?? "", 0, Limits.GenomeLengthMax);
            Require(batch.ArtworkIds[i] >= 0 || genome is not null, "Only an artwork with a genome may have a negative id.");
        }

        if (batch.Report is { } report)
        {
            Check(report);
        }
    }

    /// <exception cref="ArgumentException">The count or the mood is out of range.</exception>
    public static void Check(BlockRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckMood(request.Mood);
        CheckRange(request.Count, 1, Limits.BatchArtworksMax);
        CheckRange(request.CountMin, 1, Limits.FreshArtworksMax);
        CheckCount(request.Returned, 0, ReturnedMax);
        CheckCollections(request.Collections);
    }

    /// <exception cref="ArgumentException">There are more ids than in one batch, or a negative id.</exception>
    public static void CheckReported(ImmutableArray<long> artworkIds) => CheckIds(artworkIds, Limits.BatchArtworksMax);

    /// <exception cref="ArgumentException">There are more ids than in one batch, or a negative id.</exception>
    public static void Check(ForeignArtworks foreign)
    {
        ArgumentNullException.ThrowIfNull(foreign);
        CheckReported(foreign.ArtworkIds);
        CheckReported(foreign.Made);
        CheckReported(foreign.Guessed);
    }

    /// <exception cref="ArgumentException">There are more ids than the end of a session may name, or a negative id.</exception>
    public static void CheckUnshown(ImmutableArray<long> artworkIds) => CheckIds(artworkIds, Limits.UnshownArtworksMax);

    /// <exception cref="ArgumentException">There are more ids than a session can give back, or a negative id.</exception>
    public static void CheckReturned(ImmutableArray<long> artworkIds) => CheckIds(artworkIds, ReturnedMax);

    /// <exception cref="ArgumentException">There are more ids than a browser may offer at once, or a negative id.</exception>
    public static void CheckOffered(OfferedArtworks offered) => CheckIds(offered.ArtworkIds, Limits.OfferedArtworksMax);

    /// <exception cref="ArgumentException">The position is negative, or the count is out of range.</exception>
    public static void CheckStretch(int position, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        CheckRange(count, 1, StretchMax);
    }

    /// <exception cref="ArgumentException">There are too many positions, or a negative one.</exception>
    public static void CheckPositions(ImmutableArray<int> positions, int left)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        Require(!positions.IsDefault && positions.Length <= StretchMax && positions.All(position => position >= 0), "Positions are not negative, and not too many.");
    }

    /// <exception cref="ArgumentException">As for <see cref="CheckStretch"/>, or more artworks would be made than one request may ask for, or the mood is out of range.</exception>
    public static void CheckMaking(int position, int count, Mood mood)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        CheckRange(count, 1, Limits.FreshArtworksMax);
        CheckMood(mood);
    }

    private static void CheckMood(Mood mood) => Require(mood.IsValid, "A mood's valence and energy are numbers in [0, 1].");

    /// <exception cref="ArgumentException">The width is out of range.</exception>
    public static void CheckPictureWidth(int width) => CheckRange(width, Limits.PictureWidthMin, Limits.PictureWidthMax);

    /// <exception cref="ArgumentException">The text is not a valid release name.</exception>
    public static void CheckRelease(string release)
    {
        if (!ReleaseName.IsName(release))
        {
            throw new ArgumentException($"'{release}' is not a valid release name.", nameof(release));
        }
    }

    /// <exception cref="ArgumentException">The id is empty or too long.</exception>
    public static void CheckListenerId(string listenerId) => CheckLength(listenerId, 1, Limits.ListenerIdLengthMax);

    /// <exception cref="ArgumentException">The text is too long.</exception>
    public static void Check(WithdrawalWish wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        CheckLength(wish.Value, 1, Limits.WithdrawalValueLengthMax);
    }

    /// <exception cref="ArgumentException">The text is too long.</exception>
    public static void CheckReason(string text) => CheckLength(text, 0, Limits.ReasonLengthMax);

    /// <exception cref="ArgumentException">The number of days is out of range.</exception>
    public static void CheckDays(int days) => CheckRange(days, 1, Limits.KpiDaysMax);

    /// <exception cref="ArgumentException">The page is too long or empty, or its place too long.</exception>
    public static void CheckPage(string? before, int count)
    {
        CheckLength(before ?? "", 0, Limits.PlaceLengthMax);
        CheckRange(count, 1, Limits.OwnArtworksMax);
    }

    /// <exception cref="ArgumentException">The page of waiting pictures is too long or empty.</exception>
    public static void CheckHeldPage(long afterHeldId, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterHeldId);
        CheckRange(count, 1, Limits.HeldPicturesMax);
    }

    /// <exception cref="ArgumentException">The number of rows is out of range.</exception>
    public static void CheckRows(int count) => CheckRange(count, 1, Limits.AuditRowsMax);

    /// <exception cref="ArgumentException">It names neither a listener nor a network, or both.</exception>
    public static void Check(ClaimStrike strike)
    {
        ArgumentNullException.ThrowIfNull(strike);
        if (strike.ListenerId is { } listenerId)
        {
            CheckListenerId(listenerId);
            CheckRange(strike.Network, 0, 0);
        }
        else
        {
            CheckRange(strike.Network, 1, Limits.NetworksMax);
        }
    }

    /// <exception cref="ArgumentException">The number is out of range.</exception>
    public static void CheckLastNumber(long number) => CheckRange(number, 0, Limits.ImpressionNumberMax);

    private static void Check(DeliveryReport report)
    {
        CheckRange(report.Displayed, 0, Limits.ImpressionNumberMax);
        CheckRange(report.Skipped, 0, Limits.ImpressionNumberMax);
        CheckRange(report.Dropped, 0, Limits.ImpressionNumberMax);
        CheckRange(report.Attempts, 1, Limits.ImpressionNumberMax);
        CheckRange(report.Beacons ?? 0, 0, Limits.ImpressionNumberMax);
        CheckLastNumber(report.LastNumber);
        foreach (var word in (string?[])[report.Transport, report.Reason, report.Journal])
        {
            CheckLength(word ?? "", 0, Limits.RequestIdLengthMax);
        }

        Require(report.DisplayMs.IsDefault || report.DisplayMs.Length <= Limits.DisplayTimesMax, TooManyTimes);
    }

    private static void CheckIds(ImmutableArray<long> ids, int countMax, [CallerArgumentExpression(nameof(ids))] string? name = null)
    {
        CheckCount(ids, 0, countMax, name);
        foreach (var id in ids)
        {
            Require(id >= 0, "An artwork's id must not be negative.", name);
        }
    }

    // A message is formatted only for what is refused: these run for each artwork of each batch.
    private static void CheckCount<T>(ImmutableArray<T> items, int min, int max, [CallerArgumentExpression(nameof(items))] string? name = null)
    {
        if (items.IsDefault || items.Length < min || items.Length > max)
        {
            throw new ArgumentException($"There must be {min} to {max} artworks.", name);
        }
    }

    private static void CheckRange(long value, long min, long max, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (value < min || value > max)
        {
            throw new ArgumentException($"{value} is out of range: {min} to {max} is allowed.", name);
        }
    }

    private static void CheckLength(string text, int min, int max, [CallerArgumentExpression(nameof(text))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(text, name);
        if (text.Length < min || text.Length > max)
        {
            throw new ArgumentException($"The text has {text.Length} characters; {min} to {max} are allowed.", name);
        }
    }

    private static void Require(bool isAllowed, string message, string? name = null)
    {
        if (!isAllowed)
        {
            throw new ArgumentException(message, name);
        }
    }
}
