using System.Collections.Concurrent;
using System.Threading.Channels;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Artworks;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>The counts of an import so far.</summary>
/// <param name="Read">Files read.</param>
/// <param name="Entered">New artworks.</param>
/// <param name="Known">Files whose content or picture an artwork already has.</param>
/// <param name="Rejected">Files that cannot be imported.</param>
/// <param name="Unlicensed">New artworks for which neither the catalogue nor the file names a licence.</param>
/// <param name="Held">New pictures that wait until an operator has looked at them.</param>
public readonly record struct ImportProgress(int Read, int Entered, int Known, int Rejected, int Unlicensed, int Held);

/// <summary>What an import takes in, and how.</summary>
/// <param name="Withdrawn">Artworks that are taken down: neither they nor their look-alikes are imported.</param>
/// <param name="Refused">Pictures that operators have refused: nor are these.</param>
/// <param name="Collection">The collection of artworks for which the catalogue names none.</param>
/// <param name="IsHeld">Whether all wait until an operator has looked at them.</param>
/// <param name="HeldCollections">Collections whose artworks wait in any case.</param>
public sealed record ImportRules(
    IReadOnlyList<WithdrawalChange> Withdrawn, IReadOnlyList<RefusedPicture> Refused, string? Collection, bool IsHeld, IReadOnlySet<string> HeldCollections)
{
    /// <summary>Whether artworks of a collection wait.</summary>
    public bool Holds(string? collection) => IsHeld || (collection is not null && HeldCollections.Contains(collection));
}

/// <summary>
/// Enters a catalogue's pictures as artworks. Idempotent by content: running it again resumes after a stop. Every batch that it counts is committed,
/// and a server that runs on the same folder serves it within seconds.
/// </summary>
public sealed class CatalogueImport(
    ILedger ledger, IArtworkCatalogue catalogue, IHeldPictures heldPictures, ImportRules rules, LookAlikeFinder looks, PictureStore pictures, TimeProvider clock)
{
    /// <summary>Artworks in one transaction: few, so that a running server does not wait long for the write lock.</summary>
    private const int BatchArtworks = 32;

    private readonly PictureImporter _importer = new();

    /// <summary>By content, why it was left out; null if it was not.</summary>
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string?>> _contents = new();
    private readonly ConcurrentDictionary<string, bool> _pictures = new();
    private readonly LookAlikes _withdrawnLooks = LookAlikes.Of(rules.Withdrawn.Select(change => (change.ArtworkId, change.PerceptualHash)));
    private readonly LookAlikes _refusedLooks = LookAlikes.Of(rules.Refused.Select(picture => (picture.HeldId, (long?)picture.PerceptualHash)));
    private readonly HashSet<long> _withdrawnIds = [.. rules.Withdrawn.Select(change => change.ArtworkId)];
    private int _read;
    private int _entered;
    private int _known;
    private int _rejected;
    private int _unlicensed;
    private int _held;

    /// <summary>The counts so far.</summary>
    public ImportProgress Progress => new(_read, _entered, _known, _rejected, _unlicensed, _held);

    /// <summary>Imports the entries.</summary>
    /// <param name="onFault">Called for each file that cannot be imported.</param>
    public async Task RunAsync(IEnumerable<CatalogueEntry> entries, Action<CatalogueFault> onFault, CancellationToken cancellationToken)
    {
        var decoded = Channel.CreateBounded<ReadArtwork>(BatchArtworks * 2);
        var writing = EnterAllAsync(decoded.Reader, cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(entries, options, async (entry, stop) =>
            {
                if (await ReadAsync(entry, onFault, stop) is { } artwork)
                {
                    await decoded.Writer.WriteAsync(artwork, stop);
                }

                Interlocked.Increment(ref _read);
            });
        }
        finally
        {
            decoded.Writer.Complete();
            await writing;
        }
    }

    private async Task<ReadArtwork?> ReadAsync(CatalogueEntry entry, Action<CatalogueFault> onFault, CancellationToken cancellationToken)
    {
        try
        {
            // Hashed before it is decoded, so that a restart skips known files quickly.
            var content = await ContentHashes.OfFileAsync(entry.Path, cancellationToken);
            var mine = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            var first = _contents.GetOrAdd(content, mine);
            return first == mine ? await ReadOnceAsync(entry, content, mine, cancellationToken)
                : await first.Task is { } reason ? throw new PictureRejectedException(reason)
                : Known();
        }
        catch (Exception fault) when (fault is PictureRejectedException or FileNotFoundException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _rejected);
            onFault(new CatalogueFault(entry.Path, fault.Message));
            return null;
        }
    }

    /// <param name="left">Why it is left out, for files with the same content: a broken file's double is as broken.</param>
    private async Task<ReadArtwork?> ReadOnceAsync(CatalogueEntry entry, string content, TaskCompletionSource<string?> left, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadNewAsync(entry, content, cancellationToken);
        }
        catch (PictureRejectedException fault)
        {
            left.SetResult(fault.Message);
            throw;
        }
        finally
        {
            left.TrySetResult(null);
        }
    }

    private async Task<ReadArtwork?> ReadNewAsync(CatalogueEntry entry, string content, CancellationToken cancellationToken)
    {
        if (!await IsNewAsync(content, cancellationToken))
        {
            return Known();
        }

        var picture = await _importer.ReadAsync(entry, cancellationToken);
        if (_withdrawnLooks.Find(picture.Print) is { } twin)
        {
            throw new PictureRejectedException($"It looks like artwork {twin}, which is withdrawn.");
        }

        if (_refusedLooks.Find(picture.Print) is { } refused)
        {
            throw new PictureRejectedException($"It looks like held picture {refused}, which was refused.");
        }

        // Files that differ only in their metadata are one artwork.
        if (!_pictures.TryAdd(picture.PictureHash, true) || !await IsNewAsync(picture.PictureHash, cancellationToken))
        {
            return Known();
        }

        var hash = await pictures.SaveAsync(picture.PictureBytes, cancellationToken);
        if (picture.Licence is null)
        {
            Interlocked.Increment(ref _unlicensed);
        }

        var artwork = new NewArtwork(
            MoodGrid.CellOf(picture.Mood), picture.Mood, Artwork.Imported, null, hash, picture.ContentHash, unchecked((long)picture.Print.Hash), picture.Title, picture.Author, picture.Source,
            new ArtworkCredit(picture.Licence, Collection: picture.Collection ?? rules.Collection, DigitalSourceType: picture.DigitalSourceType));
        return new ReadArtwork(artwork, picture.Print);
    }

    private ReadArtwork? Known()
    {
        Interlocked.Increment(ref _known);
        return null;
    }

    /// <summary>Whether no artwork and no waiting picture has this hash.</summary>
    /// <exception cref="PictureRejectedException">The artwork with this hash is withdrawn, or the picture was refused.</exception>
    private async Task<bool> IsNewAsync(string hash, CancellationToken cancellationToken)
    {
        if (await catalogue.FindContentAsync(hash, cancellationToken) is not { } artworkId)
        {
            return await heldPictures.FindContentAsync(hash, cancellationToken) is not { } held
                || (held.State == HeldState.Refused ? throw new PictureRejectedException($"It is held picture {held.HeldId}, which was refused.") : false);
        }

        return _withdrawnIds.Contains(artworkId) ? throw new PictureRejectedException($"It is artwork {artworkId}, which is withdrawn.") : false;
    }

    private async Task EnterAllAsync(ChannelReader<ReadArtwork> decoded, CancellationToken cancellationToken)
    {
        var (waiting, entering) = (new List<NewArtwork>(BatchArtworks), new List<NewArtwork>(BatchArtworks));
        while (await decoded.WaitToReadAsync(cancellationToken))
        {
            while (waiting.Count + entering.Count < BatchArtworks && decoded.TryRead(out var read))
            {
                if (rules.Holds(read.Artwork.Credit?.Collection))
                {
                    waiting.Add(read.Artwork);
                    continue;
                }

                if (entering.Any(other => read.Print.IsLookAlike(unchecked((ulong)other.PerceptualHash!.Value))))
                {
                    // What it looks like must have an id.
                    await EnterAsync(entering, cancellationToken);
                }

                entering.Add(read.Artwork with { LookAlikes = await looks.FindAsync(read.Print, cancellationToken) });
            }

            if (waiting.Count > 0)
            {
                Interlocked.Add(ref _held, await heldPictures.HoldAsync(waiting, clock.GetUtcNow(), cancellationToken));
                waiting.Clear();
            }

            await EnterAsync(entering, cancellationToken);
        }
    }

    private async Task EnterAsync(List<NewArtwork> entering, CancellationToken cancellationToken)
    {
        if (entering.Count > 0)
        {
            await ledger.EnterAsync([new ArtworksMade([.. entering], clock.GetUtcNow())], cancellationToken);
            Interlocked.Add(ref _entered, entering.Count);
            entering.Clear();
        }
    }

    /// <summary>An artwork whose picture is saved.</summary>
    private sealed record ReadArtwork(NewArtwork Artwork, PicturePrint Print);
}
