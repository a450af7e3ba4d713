using System.Diagnostics;
using System.Globalization;
using ArtFresh.Art;
using ArtFresh.TestWorld;

namespace ArtFresh.Bench;

/// <summary>
/// How long it takes to find the look-alikes of a picture among a million, and how many of 1,000 served artworks are a look-alike of one served before: genomes, as one listener gets
/// them, and imported drawings in the order of their import.
/// </summary>
internal static class LooksBench
{
    private const int Served = 1_000;
    private const int Searches = 200;
    private const string Drawings = "/usr/share/openclipart/svg";

    public static async Task RunAsync()
    {
        Search();
        await GenomesAsync();
        await ImportsAsync();
    }

    private static void Search()
    {
        var random = new Random(1);
        var looks = new LookAlikes();
        for (var id = 1L; id <= 1_000_000; id++)
        {
            looks.Add(id, unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue)));
        }

        var times = new List<double>();
        for (var i = 0; i < Searches; i++)
        {
            var print = new PicturePrint(unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue)), ulong.MaxValue);
            var started = Stopwatch.GetTimestamp();
            _ = looks.Find(print);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        // The first are compiled.
        double[] warm = [.. times.Skip(Searches / 4).Order()];
        Say($"look-alikes among 1,000,000: median {warm[warm.Length / 2]:0.00} ms, slowest {warm[^1]:0.00} ms");
    }

    private static async Task GenomesAsync()
    {
        await using var server = new ServerProcess(Generous.Limits);
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        var session = await listener.OpenAsync();
        foreach (var (name, mood) in new (string, Func<int, string>)[] { ("of one mood", _ => "valence=0.5&energy=0.5"), ("of all moods", asked => string.Create(CultureInfo.InvariantCulture, $"valence={asked % 9 / 8.0}&energy={asked / 9 % 9 / 8.0}")) })
        {
            var (looks, twins, count) = (new LookAlikes(), 0, 0);
            for (var asked = 0; count < Served; asked++)
            {
                foreach (var artwork in (await listener.GetAsync($"api/artworks/fresh?sessionId={session}&count=10&{mood(asked)}")).GetProperty("artworks").EnumerateArray())
                {
                    var hash = PerceptualHash.GenomeHash(Genome.Parse(artwork.GetProperty("genome").GetString()!));
                    twins += looks.Find(new PicturePrint(hash, ulong.MaxValue)) is null ? 0 : 1;
                    looks.Add(++count, hash);
                }
            }

            Say($"genomes {name}: {twins} of {count} look like one served before");
        }
    }

    private static async Task ImportsAsync()
    {
        var files = Directory.EnumerateFiles(Drawings, "*.svg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var (looks, twins, count) = (new LookAlikes(), 0, 0);
        for (var i = 0; count < Served && i < files.Length; i += Math.Max(1, files.Length / (Served + 100)))
        {
            try
            {
                var picture = await new PictureImporter().ReadAsync(new CatalogueEntry { Path = files[i] });
                twins += looks.Find(picture.Print) is null ? 0 : 1;
                looks.Add(++count, picture.Print.Hash);
            }
            catch (PictureRejectedException)
            {
                // It would not be served.
            }
        }

        Say($"imported drawings: {twins} of {count} look like one served before");
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
