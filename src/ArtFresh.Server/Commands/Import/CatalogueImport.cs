using System.Collections.Concurrent;
using System.Threading.Channels;
using ArtFresh.Art;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>How far an import has come.</summary>
/// <param name="Read">Files looked at.</param>
/// <param name="Entered">New artworks.</param>
/// <param name="Known">Files whose content or picture is an artwork already.</param>
/// <param name="Rejected">Files that cannot be taken.</param>
public readonly record struct ImportProgress(int Read, int Entered, int Known, int Rejected);

/// <summary>
/// Enters a catalogue's pictures as artworks. Idempotent by content, so that it is restarted by running it again; every batch that it reports is on disk,
/// and a server that runs on the same folder serves it within seconds.
/// </summary>
public sealed class CatalogueImport(ILedger ledger, IArtworkCatalogue catalogue, PictureStore pictures, TimeProvider clock)
{
    /// <summary>Artworks in one transaction: few, so that a running server never waits long for its turn.</summary>
    private const int BatchArtworks = 32;

    private readonly PictureImporter _importer = new();
    private readonly ConcurrentDictionary<string, bool> _contents = new();
    private int _read;
    private int _entered;
    private int _known;
    private int _rejected;

    /// <summary>How far it has come.</summary>
    public ImportProgress Progress => new(_read, _entered, _known, _rejected);

    /// <summary>Imports the entries.</summary>
    /// <param name="onFault">Told of each file that cannot be taken.</param>
    public async Task RunAsync(IEnumerable<CatalogueEntry> entries, Action<CatalogueFault> onFault, CancellationToken cancellationToken)
    {
        var drawn = Channel.CreateBounded<NewArtwork>(BatchArtworks * 2);
        var writing = EnterAllAsync(drawn.Reader, cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(entries, options, async (entry, stop) =>
            {
                if (await DrawAsync(entry, onFault, stop) is { } artwork)
                {
                    await drawn.Writer.WriteAsync(artwork, stop);
                }

                Interlocked.Increment(ref _read);
            });
        }
        finally
        {
            drawn.Writer.Complete();
            await writing;
        }
    }

    private async Task<NewArtwork?> DrawAsync(CatalogueEntry entry, Action<CatalogueFault> onFault, CancellationToken cancellationToken)
    {
        try
        {
            // By the file, before it is drawn: that is what makes a restart quick.
            if (!await IsNewAsync(await ContentHashes.OfFileAsync(entry.Path, cancellationToken), cancellationToken))
            {
                return null;
            }

            var picture = await _importer.ReadAsync(entry, cancellationToken);
            // And by what the eye sees: files that differ in their metadata alone are one artwork.
            if (!await IsNewAsync(picture.PictureHash, cancellationToken))
            {
                return null;
            }

            var hash = await pictures.SaveAsync(picture.PictureBytes, cancellationToken);
            var source = picture.Licence is null ? picture.Source : $"{picture.Source} ({picture.Licence})".Trim();
            return new NewArtwork(
                MoodGrid.CellOf(picture.Mood), picture.Mood, "import", null, hash, picture.ContentHash, null, picture.Title, picture.Author, source);
        }
        catch (Exception fault) when (fault is PictureRejectedException or FileNotFoundException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _rejected);
            onFault(new CatalogueFault(entry.Path, fault.Message));
            return null;
        }
    }

    /// <summary>Whether nothing before it had that hash; what is known is counted.</summary>
    private async Task<bool> IsNewAsync(string hash, CancellationToken cancellationToken)
    {
        if (_contents.TryAdd(hash, true) && !await catalogue.HasContentAsync(hash, cancellationToken))
        {
            return true;
        }

        Interlocked.Increment(ref _known);
        return false;
    }

    private async Task EnterAllAsync(ChannelReader<NewArtwork> drawn, CancellationToken cancellationToken)
    {
        var batch = new List<NewArtwork>(BatchArtworks);
        while (await drawn.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < BatchArtworks && drawn.TryRead(out var artwork))
            {
                batch.Add(artwork);
            }

            await ledger.EnterAsync([new ArtworksMade([.. batch], clock.GetUtcNow())], cancellationToken);
            Interlocked.Add(ref _entered, batch.Count);
            batch.Clear();
        }
    }
}
