using System.Buffers.Binary;
using ArtFresh.Contracts;
using NetVips;

namespace ArtFresh.Art;

/// <summary>A disk cache of scaled pictures, limited in bytes. Losing it costs only time.</summary>
internal sealed class ScaledPictures(string directory, string unfinished, long bytesMax, TimeProvider clock)
{
    // Well below the limit, so that not every new copy has to list the whole folder.
    private const double KeptAfterSweep = 0.8;
    private static readonly TimeSpan UseNotedAfter = TimeSpan.FromMinutes(10);

    private readonly Lock _sweeping = new();
    private long _bytes = -1;

    /// <summary>The copy of a picture at a width; null if there is none yet.</summary>
    public async Task<byte[]?> FindAsync(string hash, int width, CancellationToken cancellationToken)
    {
        var path = PathOf(hash, Step(width));
        try
        {
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            if (!IsWhole(bytes))
            {
                return null;
            }

            var now = clock.GetUtcNow().UtcDateTime;
            if (now - File.GetLastWriteTimeUtc(path) > UseNotedAfter)
            {
                File.SetLastWriteTimeUtc(path, now);
            }

            return bytes;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Scales a picture and caches the copy.</summary>
    /// <param name="run">Runs the scaling when its turn comes, or completes without it.</param>
    /// <returns>The copy, or a picture that is not wider unchanged, which is not cached. Null if nothing was run.</returns>
    public async Task<byte[]?> MakeAsync(string hash, byte[] original, int width, Func<Action, Task> run, CancellationToken cancellationToken)
    {
        var step = Step(width);
        var (isRun, scaled) = (false, (byte[]?)null);
        await run(() => (isRun, scaled) = (true, Scale(original, step))).WaitAsync(cancellationToken);
        if (scaled is null)
        {
            return isRun ? original : null;
        }

        await KeepAsync(PathOf(hash, step), scaled, cancellationToken);
        return scaled;
    }

    private static int Step(int width) => (int)Math.Min(((long)width + Limits.PictureWidthStep - 1) / Limits.PictureWidthStep * Limits.PictureWidthStep, PictureDecoder.SideMax * 4);

    private static byte[]? Scale(byte[] original, int width)
    {
        VipsSandbox.Enter();
        using var header = Image.NewFromBuffer(original, access: Enums.Access.Sequential);
        if (header.Width <= width)
        {
            return null;
        }

        // An unbounded height, so that only the width limits the size.
        using var scaled = Image.ThumbnailBuffer(original, width, height: 10_000_000, size: Enums.Size.Down);
        return PictureEncoder.EncodeWebp(scaled);
    }

    private string PathOf(string hash, int step) => Path.Combine(directory, hash[..2], $"{hash[2..]}-{step}.webp");

    // Copies are not flushed to disk, so a power cut may truncate one: compare with the length in the RIFF header (RFC 9649, section 2.4).
    private static bool IsWhole(ReadOnlySpan<byte> webp) =>
        PictureSignature.FormatOf(webp) == PictureFormat.Webp && BinaryPrimitives.ReadUInt32LittleEndian(webp[4..]) + 8L == webp.Length;

    private async Task KeepAsync(string path, byte[] scaled, CancellationToken cancellationToken)
    {
        var aside = Path.Combine(unfinished, Guid.CreateVersion7().ToString("N"));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(aside, scaled, cancellationToken);
            File.Move(aside, path, overwrite: true);
            File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime);
            Bound(scaled.Length);
        }
        catch (IOException)
        {
            // The disk may be full: serve the picture without caching it.
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private void Bound(int added)
    {
        lock (_sweeping)
        {
            _bytes = _bytes < 0 ? Copies().Sum(copy => copy.Length) : _bytes + added;
            if (_bytes <= bytesMax)
            {
                return;
            }

            var copies = Copies().OrderBy(copy => copy.LastWriteTimeUtc).ToList();
            _bytes = copies.Sum(copy => copy.Length);
            foreach (var copy in copies)
            {
                if (_bytes <= bytesMax * KeptAfterSweep)
                {
                    break;
                }

                _bytes -= copy.Length;
                copy.Delete();
            }
        }
    }

    private IEnumerable<FileInfo> Copies() => new DirectoryInfo(directory).EnumerateFiles("*.webp", SearchOption.AllDirectories);
}
