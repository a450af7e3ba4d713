using System.Text.RegularExpressions;
using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>A file of a catalogue, read: what an artwork needs to be kept and served. Nothing of the file but its pixels is in <see cref="PictureBytes"/>.</summary>
public sealed record ImportedPicture
{
    /// <summary>SHA-256 of the original file's bytes, 64 lower-case hexadecimal digits: the same file under two names is one artwork.</summary>
    public required string ContentHash { get; init; }

    /// <summary>
    /// SHA-256 of <see cref="PictureBytes"/>, the key that <see cref="PictureStore"/> gives it. Files that differ in their metadata alone share it: one artwork to
    /// the eye.
    /// </summary>
    public required string PictureHash { get; init; }

    /// <summary>A WebP file, upright, sRGB, without transparency or metadata, the longest side at most 1024 pixels.</summary>
    public required ReadOnlyMemory<byte> PictureBytes { get; init; }

    /// <summary>One line, at most 200 characters, never empty.</summary>
    public required string Title { get; init; }

    /// <summary>One line, or null where neither the catalogue nor the file names one.</summary>
    public required string? Author { get; init; }

    /// <summary>Where it was found, as the catalogue says it, or null.</summary>
    public required string? Source { get; init; }

    /// <summary>The licence, a name or an address, or null.</summary>
    public required string? Licence { get; init; }

    /// <summary>The catalogue's mood, or the mood of the colours.</summary>
    public required Mood Mood { get; init; }

    /// <summary>Pixels across.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels down.</summary>
    public required int Height { get; init; }
}

/// <summary>
/// Reads the pictures of a catalogue: each file is untrusted, so it is bounded in bytes, pixels, elements and time, and always
/// re-encoded. Safe to call from many threads; as many pictures are drawn at once as there are processors.
/// </summary>
public sealed partial class PictureImporter
{
    /// <summary>The most bytes that a raster file may have; an SVG may have 8 MiB.</summary>
    public const int RasterBytesMax = 64 * 1024 * 1024;

    private const int SideMin = 16;

    private static readonly SemaphoreSlim Processors = new(Environment.ProcessorCount);

    // Drawing can't be interrupted: one that overruns keeps its slot until it ends, so that overruns can't pile up.
    private static readonly SemaphoreSlim Overrunning = new(Environment.ProcessorCount * 3);

    private readonly TimeSpan _drawingTimeMax;
    private readonly TimeProvider _clock;

    /// <summary>An importer that gives each picture ten seconds.</summary>
    public PictureImporter()
        : this(TimeSpan.FromSeconds(10), TimeProvider.System)
    {
    }

    /// <summary>An importer with a time limit for each picture, by a clock of the caller's.</summary>
    public PictureImporter(TimeSpan drawingTimeMax, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(drawingTimeMax, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(clock);
        _drawingTimeMax = drawingTimeMax;
        _clock = clock;
    }

    /// <summary>Reads one picture of a catalogue. What the entry leaves out comes from the file's own metadata, and the title, failing that, from its name.</summary>
    /// <exception cref="PictureRejectedException">The file cannot be read, is broken, hostile or over a limit; the message says why.</exception>
    public async Task<ImportedPicture> ReadAsync(CatalogueEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        byte[] bytes;
        Drawn drawn;
        await Processors.WaitAsync(cancellationToken);
        try
        {
            bytes = await ReadFileAsync(entry.Path, cancellationToken);
            drawn = await DrawInTimeAsync(bytes, cancellationToken);
        }
        finally
        {
            Processors.Release();
        }

        var (picture, metadata) = drawn;
        return new ImportedPicture
        {
            ContentHash = ContentHashes.Of(bytes),
            PictureHash = ContentHashes.Of(picture.Bytes),
            PictureBytes = picture.Bytes,
            Title = DescriptiveMetadata.Tidy(entry.Title) ?? metadata.Title ?? TitleOf(entry.Path),
            Author = DescriptiveMetadata.Tidy(entry.Author) ?? metadata.Author,
            Source = DescriptiveMetadata.Tidy(entry.Source),
            Licence = DescriptiveMetadata.Tidy(entry.Licence) ?? metadata.Licence,
            Mood = entry.Mood ?? picture.Mood,
            Width = picture.Width,
            Height = picture.Height,
        };
    }

    /// <summary>A file's name as a title: <c>red_fox_02.svg</c> is "Red fox 02".</summary>
    internal static string TitleOf(string path)
    {
        var words = DescriptiveMetadata.Tidy(Separators().Replace(Path.GetFileNameWithoutExtension(path), " ")) ?? "Untitled";
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 });
            if (!file.CanSeek)
            {
                throw new PictureRejectedException("It is not a plain file.");
            }

            if (file.Length > RasterBytesMax)
            {
                throw new PictureRejectedException($"The file has {file.Length} bytes; the limit is {RasterBytesMax}.");
            }

            var bytes = new byte[file.Length];
            await file.ReadExactlyAsync(bytes, cancellationToken);
            return bytes;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new PictureRejectedException($"The file cannot be read: {unreadable.GetType().Name}.", unreadable);
        }
    }

    private static Drawn Draw(byte[] bytes)
    {
        var format = PictureSignature.FormatOf(bytes);
        var metadata = format == PictureFormat.Svg ? SvgDocument.Inspect(bytes) : RasterMetadata.Read(bytes);
        using var picture = format == PictureFormat.Svg ? SvgRasteriser.Draw(bytes) : PictureDecoder.DecodeOpaque(bytes, SideMin);
        if (PictureDecoder.IsBlank(picture))
        {
            throw new PictureRejectedException("The picture is a single flat colour.");
        }

        return new Drawn(new Picture(PictureEncoder.EncodeWebp(picture), ColourMood.Of(picture), picture.Width, picture.Height), metadata);
    }

    [GeneratedRegex(@"[\s_\-.]+")]
    private static partial Regex Separators();

    private async Task<Drawn> DrawInTimeAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        if (!await Overrunning.WaitAsync(_drawingTimeMax, cancellationToken))
        {
            throw new PictureRejectedException("Too many pictures before it are still being drawn, past their time.");
        }

        var drawing = Task.Factory.StartNew(() => Draw(bytes), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _ = drawing.ContinueWith(static _ => Overrunning.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            return await drawing.WaitAsync(_drawingTimeMax, _clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new PictureRejectedException($"Drawing it took more than {_drawingTimeMax.TotalSeconds:0.###} s.");
        }
    }

    private sealed record Picture(byte[] Bytes, Mood Mood, int Width, int Height);

    private sealed record Drawn(Picture Picture, DescriptiveMetadata Metadata);
}
