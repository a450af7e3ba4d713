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
public readonly record struct ImportProgress(int Read, int Entered, int Known, int Rejected, int Unlicensed);

/// <summary>
/// Enters a catalogue's pictures as artworks. Idempotent by content: running it again resumes after a stop. Every batch that it counts is committed,
/// and a server that runs on the same folder serves it within seconds.
/// </summary>
public sealed class CatalogueImport(ILedger ledger, IArtworkCatalogue catalogue, IReadOnlyList<WithdrawalChange> withdrawn, PictureStore pictures, TimeProvider clock, string? collection = null)
{
    /// <summary>Artworks in one transaction: few, so that a running server does not wait long for the write lock.</summary>
    private const int BatchArtworks = 32;

    private readonly PictureImporter _importer = new();

    /// <summary>By content, why it was left out; null if it was not.</summary>
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string?>> _contents = new();
    private readonly ConcurrentDictionary<string, bool> _pictures = new();
    private readonly HashSet<long> _withdrawnIds = [.. withdrawn.Select(change => change.ArtworkId)];
    private int _read;
    private int _entered;
    private int _known;
    private int _rejected;
    private int _unlicensed;

    /// <summary>The counts so far.</summary>
    public ImportProgress Progress => new(_read, _entered, _known, _rejected, _unlicensed);

    /// <summary>Imports the entries.</summary>
    /// <param name="onFault">Called for each file that cannot be imported.</param>
    public async Task RunAsync(IEnumerable<CatalogueEntry> entries, Action<CatalogueFault> onFault, CancellationToken cancellationToken)
    {
        var decoded = Channel.CreateBounded<NewArtwork>(BatchArtworks * 2);
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

    private async Task<NewArtwork?> ReadAsync(CatalogueEntry entry, Action<CatalogueFault> onFault, CancellationToken cancellationToken)
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
    private async Task<NewArtwork?> ReadOnceAsync(CatalogueEntry entry, string content, TaskCompletionSource<string?> left, CancellationToken cancellationToken)
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

    private async Task<NewArtwork?> ReadNewAsync(CatalogueEntry entry, string content, CancellationToken cancellationToken)
    {
        if (!await IsNewAsync(content, cancellationToken))
        {
            return Known();
        }

        var picture = await _importer.ReadAsync(entry, cancellationToken);
        if (WithdrawnArtworks.FindLookAlike(withdrawn, picture.Print) is { } twin)
        {
            throw new PictureRejectedException($"It looks like artwork {twin}, which is withdrawn.");
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

        return new NewArtwork(
            MoodGrid.CellOf(picture.Mood), picture.Mood, Artwork.Imported, null, hash, picture.ContentHash, unchecked((long)picture.Print.Hash), picture.Title, picture.Author, picture.Source,
            new ArtworkCredit(picture.Licence, Collection: picture.Collection ?? collection, DigitalSourceType: picture.DigitalSourceType));
    }

    private NewArtwork? Known()
    {
        Interlocked.Increment(ref _known);
        return null;
    }

    /// <summary>Whether no artwork has this hash.</summary>
    /// <exception cref="PictureRejectedException">The artwork with this hash is withdrawn.</exception>
    private async Task<bool> IsNewAsync(string hash, CancellationToken cancellationToken)
    {
        if (await catalogue.FindContentAsync(hash, cancellationToken) is not { } artworkId)
        {
            return true;
        }

        return _withdrawnIds.Contains(artworkId) ? throw new PictureRejectedException($"It is artwork {artworkId}, which is withdrawn.") : false;
    }

    private async Task EnterAllAsync(ChannelReader<NewArtwork> decoded, CancellationToken cancellationToken)
    {
        var batch = new List<NewArtwork>(BatchArtworks);
        while (await decoded.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < BatchArtworks && decoded.TryRead(out var artwork))
            {
                batch.Add(artwork);
            }

            await ledger.EnterAsync([new ArtworksMade([.. batch], clock.GetUtcNow())], cancellationToken);
            Interlocked.Add(ref _entered, batch.Count);
            batch.Clear();
        }
    }
}
