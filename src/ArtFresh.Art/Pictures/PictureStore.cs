using ArtFresh.Contracts;


namespace ArtFresh.Art;

/// <summary>
/// Pictures on disk, each under the SHA-256 of its bytes: <c>ab/cdef….webp</c> or <c>.png</c> below the directory. A picture is
/// complete or absent, even after a crash; saving it again changes nothing. Threads and processes may share a directory.
/// </summary>
public sealed class PictureStore
{
    private const int HashLength = 64;
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    private readonly string _root;
    private readonly string _unfinished;
    private readonly ScaledPictures _scaled;
    private readonly IPictureOrigin? _origin;

    /// <summary>Opens the store in <paramref name="directory"/>. Creates the directory if it is missing, and deletes unfinished files that a crash left there.</summary>
    /// <param name="directory">A folder of this machine.</param>
    /// <param name="origin">The pictures that several machines share; the folder is then a cache of it.</param>
    public PictureStore(string directory, IPictureOrigin? origin = null)
        : this(directory, new PictureStoreLimits(), TimeProvider.System, origin)
    {
    }

    /// <summary>Opens the store with the caller's limits and clock.</summary>
    public PictureStore(string directory, PictureStoreLimits limits, TimeProvider clock, IPictureOrigin? origin = null)
    {
        _origin = origin;
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(clock);
        _root = Path.GetFullPath(directory);
        _unfinished = Path.Combine(_root, "unfinished");
        CreateRoot();
        Directory.CreateDirectory(_unfinished);
        _scaled = new ScaledPictures(Path.Combine(_root, "scaled"), _unfinished, limits.ScaledBytesMax, clock);
        ClearUnfinished(clock.GetUtcNow() - AbandonedAfter);
    }

    /// <summary>Saves a picture. When the task completes, the picture survives a power cut.</summary>
    /// <param name="picture">A PNG or WebP file.</param>
    /// <param name="cancellationToken">Cancels the write and leaves nothing behind.</param>
    /// <returns>The key: the SHA-256 of the bytes, 64 lower-case hexadecimal digits.</returns>
    /// <exception cref="ArgumentException">The bytes are neither PNG nor WebP.</exception>
    /// <exception cref="IOException">The disk is full or fails; nothing was saved.</exception>
    public async Task<string> SaveAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellationToken = default)
    {
        var extension = PictureSignature.FormatOf(picture.Span) switch
        {
            PictureFormat.Png => ".png",
            PictureFormat.Webp => ".webp",
            _ => throw new ArgumentException("The store accepts only PNG and WebP pictures.", nameof(picture)),
        };
        var hash = ContentHashes.Of(picture.Span);
        var path = PathOf(hash, extension);
        if (new FileInfo(path) is { Exists: true } kept && kept.Length == picture.Length)
        {
            return hash;
        }

        if (_origin is not null)
        {
            await _origin.SavePictureAsync(hash, picture, cancellationToken);
        }

        await DurableFile.WriteAsync(path, _unfinished, picture, cancellationToken);
        return hash;
    }

    /// <summary>Saves a file as it was received, under <c>originals/</c>: it is kept as evidence, and never served. When the task completes, it survives a power cut.</summary>
    /// <returns>The SHA-256 of the bytes.</returns>
    /// <exception cref="IOException">The disk is full or fails; nothing was saved.</exception>
    public async Task<string> SaveOriginalAsync(ReadOnlyMemory<byte> original, CancellationToken cancellationToken = default)
    {
        var hash = ContentHashes.Of(original.Span);
        if (_origin is not null)
        {
            await _origin.SavePictureAsync(hash, original, cancellationToken);
        }

        await DurableFile.WriteAsync(Path.Combine(_root, "originals", hash[..2], hash[2..]), _unfinished, original, cancellationToken);
        return hash;
    }

    /// <summary>Opens a picture for reading; null if it does not exist.</summary>
    /// <exception cref="ArgumentException"><paramref name="hash"/> is not 64 hexadecimal digits.</exception>
    public Stream? OpenRead(string hash)
    {
        CheckHash(hash);
        foreach (var extension in (ReadOnlySpan<string>)[".webp", ".png"])
        {
            try
            {
                return new FileStream(PathOf(hash, extension), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 14, useAsync: true);
            }
            catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
            {
                continue;
            }
        }

        return null;
    }

    /// <summary>Reads a picture; null if it does not exist.</summary>
    /// <exception cref="ArgumentException"><paramref name="hash"/> is not 64 hexadecimal digits.</exception>
    public async Task<byte[]?> ReadAsync(string hash, CancellationToken cancellationToken = default)
    {
        await using var stream = OpenRead(hash);
        if (stream is null)
        {
            return _origin is null ? null : await FetchAsync(_origin, hash, cancellationToken);
        }

        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>
    /// Reads a picture as WebP at about <paramref name="width"/> pixels: rounded up to a multiple of <see cref="Limits.PictureWidthStep"/>, so that strangers
    /// cannot fill the cache with a thousand sizes of one picture, and never wider than the picture (which is then returned as stored).
    /// </summary>
    /// <param name="hash">The picture's key.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="run">Runs the scaling, up to a few hundred milliseconds of processor time, when its turn comes, or completes without it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The picture's bytes; null if it does not exist, or its scaling was not run.</returns>
    /// <exception cref="ArgumentException"><paramref name="hash"/> is not 64 hexadecimal digits.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is under 1.</exception>
    public async Task<byte[]?> ReadScaledAsync(string hash, int width, Func<Action, Task> run, CancellationToken cancellationToken = default)
    {
        CheckHash(hash);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return await _scaled.FindAsync(hash, width, cancellationToken)
            ?? (await ReadAsync(hash, cancellationToken) is { } original ? await _scaled.MakeAsync(hash, original, width, run, cancellationToken) : null);
    }

    private async Task<byte[]?> FetchAsync(IPictureOrigin origin, string hash, CancellationToken cancellationToken)
    {
        if (await origin.ReadPictureAsync(hash, cancellationToken) is not { } picture)
        {
            return null;
        }

        var extension = PictureSignature.FormatOf(picture) == PictureFormat.Png ? ".png" : ".webp";
        await DurableFile.WriteAsync(PathOf(hash, extension), _unfinished, picture, cancellationToken);
        return picture;
    }

    /// <summary>For this user alone, and so all that is in it.</summary>
    private void CreateRoot()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_root);
        }
        else
        {
            Directory.CreateDirectory(_root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void CheckHash(string hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        if (hash.Length != HashLength || !hash.All(char.IsAsciiHexDigitLower))
        {
            throw new ArgumentException("A picture's key must be 64 lower-case hexadecimal digits.", nameof(hash));
        }
    }

    private string PathOf(string hash, string extension) => Path.Combine(_root, hash[..2], hash[2..] + extension);

    private void ClearUnfinished(DateTimeOffset before)
    {
        foreach (var file in new DirectoryInfo(_unfinished).EnumerateFiles())
        {
            // Another process may still be writing a recent file.
            if (file.LastWriteTimeUtc < before.UtcDateTime)
            {
                file.Delete();
            }
        }
    }
}

/// <summary>The pictures that several machines share.</summary>
public interface IPictureOrigin
{
    /// <summary>Reads the picture with a key; null if it does not exist.</summary>
    Task<byte[]?> ReadPictureAsync(string hash, CancellationToken cancellationToken);

    /// <summary>Saves a picture durably; does nothing if it exists.</summary>
    Task SavePictureAsync(string hash, ReadOnlyMemory<byte> picture, CancellationToken cancellationToken);
}

/// <summary>Limits of a <see cref="PictureStore"/>.</summary>
/// <param name="ScaledBytesMax">Maximum size of scaled copies on disk, in bytes. The least recently used are deleted first; pictures themselves never are.</param>
public sealed record PictureStoreLimits(long ScaledBytesMax = 512L * 1024 * 1024);
