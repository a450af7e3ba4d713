using System.Text.RegularExpressions;
using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>An imported file of a catalogue. Of the file's content only the pixels are in <see cref="PictureBytes"/>.</summary>
public sealed record ImportedPicture
{
    /// <summary>SHA-256 of the original file's bytes, 64 lower-case hexadecimal digits: the same file under two names is one artwork.</summary>
    public required string ContentHash { get; init; }

    /// <summary>
    /// SHA-256 of <see cref="PictureBytes"/>, its key in <see cref="PictureStore"/>. Files that differ only in their metadata share it and are one
    /// artwork.
    /// </summary>
    public required string PictureHash { get; init; }

    /// <summary>A WebP file, upright, sRGB, without transparency or metadata, the longest side at most 1024 pixels.</summary>
    public required ReadOnlyMemory<byte> PictureBytes { get; init; }

    /// <summary>One line, at most 200 characters, never empty.</summary>
    public required string Title { get; init; }

    /// <summary>One line; null if neither the catalogue nor the file names an author.</summary>
    public required string? Author { get; init; }

    /// <summary>Where the catalogue or the file says it was found, or null.</summary>
    public required string? Source { get; init; }

    /// <summary>The licence, a name or an address, or null.</summary>
    public required string? Licence { get; init; }

    /// <summary>The collection, or null.</summary>
    public required string? Collection { get; init; }

    /// <summary>How it was made, as a code of IPTC's Digital Source Type; null if neither the catalogue nor the file says it.</summary>
    public required string? DigitalSourceType { get; init; }

    /// <summary>The catalogue's mood, or the mood computed from the colours.</summary>
    public required Mood Mood { get; init; }

    /// <summary>What the picture is compared by.</summary>
    public required PicturePrint Print { get; init; }

    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }
}

/// <summary>
/// Reads the pictures of a catalogue: each file is untrusted, so it is limited in bytes, pixels, elements and time, and always
/// re-encoded. Thread-safe; draws one picture a processor at a time.
/// </summary>
public sealed partial class PictureImporter
{
    /// <summary>Maximum size of a raster file in bytes; an SVG may have 8 MiB.</summary>
    public const int RasterBytesMax = 64 * 1024 * 1024;

    private const int SideMin = 16;

    private static readonly SemaphoreSlim Processors = new(Environment.ProcessorCount);

    // Drawing cannot be interrupted. A drawing that exceeds its time keeps its slot until it ends, so that such drawings cannot pile up.
    private static readonly SemaphoreSlim Overrunning = new(Environment.ProcessorCount * 3);

    private readonly TimeSpan _drawingTimeMax;
    private readonly TimeProvider _clock;

    /// <summary>An importer with a time limit of ten seconds a picture.</summary>
    public PictureImporter()
        : this(TimeSpan.FromSeconds(10), TimeProvider.System)
    {
    }

    /// <summary>An importer with the caller's time limit a picture and clock.</summary>
    public PictureImporter(TimeSpan drawingTimeMax, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(drawingTimeMax, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(clock);
        _drawingTimeMax = drawingTimeMax;
        _clock = clock;
    }

    /// <summary>Reads one picture of a catalogue. Takes missing metadata from the file, and a missing title from the file's name.</summary>
    /// <exception cref="PictureRejectedException">The file is unreadable, damaged, hostile or over a limit; the message gives the reason.</exception>
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
            Source = DescriptiveMetadata.Tidy(entry.Source) ?? metadata.Source,
            Licence = DescriptiveMetadata.Tidy(entry.Licence) ?? metadata.Licence,
            Collection = DescriptiveMetadata.Tidy(entry.Collection),
            DigitalSourceType = DigitalSourceTypes.CodeOf(entry.DigitalSourceType) ?? DigitalSourceTypes.CodeOf(metadata.DigitalSourceType),
            Mood = entry.Mood ?? picture.Mood,
            Print = picture.Print,
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
                throw new PictureRejectedException("It is not a regular file.");
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
            throw new PictureRejectedException($"The file is unreadable: {unreadable.GetType().Name}.", unreadable);
        }
    }

    private static Drawn Draw(byte[] bytes)
    {
        var format = PictureSignature.FormatOf(bytes);
        bytes = format == PictureFormat.Svg ? SvgText.InUtf8(bytes) : bytes;
        var metadata = format == PictureFormat.Svg ? SvgDocument.Inspect(bytes) : RasterMetadata.Read(bytes);
        using var picture = format == PictureFormat.Svg ? SvgRasteriser.Draw(bytes) : PictureDecoder.DecodeOpaque(bytes, SideMin);
        if (PictureDecoder.IsBlank(picture))
        {
            throw new PictureRejectedException("The picture has only one colour.");
        }

        return new Drawn(new Picture(PictureEncoder.EncodeWebp(picture), ColourMood.Of(picture), PicturePrint.Of(picture), picture.Width, picture.Height), metadata);
    }

    [GeneratedRegex(@"[\s_\-.]+")]
    private static partial Regex Separators();

    private async Task<Drawn> DrawInTimeAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        if (!await Overrunning.WaitAsync(_drawingTimeMax, cancellationToken))
        {
            throw new PictureRejectedException("Too many earlier pictures are still being drawn after their time limit.");
        }

        var drawing = Task.Factory.StartNew(() => Draw(bytes), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _ = drawing.ContinueWith(static _ => Overrunning.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            return await drawing.WaitAsync(_drawingTimeMax, _clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new PictureRejectedException($"Drawing took longer than {_drawingTimeMax.TotalSeconds:0.###} s.");
        }
    }

    private sealed record Picture(byte[] Bytes, Mood Mood, PicturePrint Print, int Width, int Height);

    private sealed record Drawn(Picture Picture, DescriptiveMetadata Metadata);
}
