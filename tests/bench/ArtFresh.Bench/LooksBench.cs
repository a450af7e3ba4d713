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
                    var hash = PerceptualHash.Of(GenomeRenderer.RenderRgba(Genome.Parse(artwork.GetProperty("genome").GetString()!), 64, 64), 64, 64);
                    twins += looks.Find(new PicturePrint(hash, ulong.MaxValue)) is null ? 0 : 1;
                    looks.Add(++count, hash);
                }
            }

            Say($"genomes {name}: {twins} of {count} look like one served before");
        }
    }

    /// <summary>One listener is served all that is imported, as a server makes it out, with and without the setting.</summary>
    private static async Task ImportsAsync()
    {
        var folder = Directory.CreateTempSubdirectory("artfresh-looks-");
        var files = Directory.EnumerateFiles(Drawings, "*.svg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < files.Length; i += Math.Max(1, files.Length / (Served + 100)))
        {
            File.Copy(files[i], Path.Combine(folder.FullName, $"{i:00000}.svg"));
        }

        foreach (var isOnce in new[] { false, true })
        {
            await using var server = new ServerProcess([.. Generous.Limits, $"--ArtFresh:Art:LookAlikesOnce={isOnce}", "--ArtFresh:Art:Prefer=catalogue"]);
            await server.CommandAsync("import", folder.FullName, "--collection", "Drawings");
            await server.StartAsync();
            var (twins, count) = await CountAsync(server);
            Say($"imported drawings, {(isOnce ? "look-alikes once" : "all")}: {twins} of {count} look like one served before, of {server.Ledger.Count("select count(*) from artwork where collection = 'Drawings'")}");
        }

        folder.Delete(recursive: true);
    }

    private static async Task<(int Twins, int Count)> CountAsync(ServerProcess server)
    {
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        var (session, pictures) = (await listener.OpenAsync(), new PictureStore(Path.Combine(server.DataDirectory, "pictures")));
        var (looks, twins, count) = (new LookAlikes(), 0, 0);
        while (count < Served && (await listener.GetAsync($"api/artworks/fresh?sessionId={session}&count=10&collection=Drawings")).GetProperty("artworks") is var served && served.GetArrayLength() > 0)
        {
            foreach (var artwork in served.EnumerateArray())
            {
                var hash = server.Ledger.Texts(string.Create(CultureInfo.InvariantCulture, $"select picture_hash from artwork where artwork_id = {artwork.GetProperty("id").GetInt64()}")).Single();
                var print = PicturePrint.Of((await pictures.ReadAsync(hash, CancellationToken.None))!)!.Value;
                twins += looks.Find(print) is null ? 0 : 1;
                looks.Add(++count, print.Hash);
            }
        }

        return (twins, count);
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
