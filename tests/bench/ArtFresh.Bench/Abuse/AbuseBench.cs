using System.Diagnostics;
using System.Globalization;
using ArtFresh.TestWorld;

namespace ArtFresh.Bench;

/// <summary>
/// What one attacker at full tilt costs: an honest listener's times without and with them, and the database and the memory that they add. The server has its default
/// limits and one SQLite file. The attacker is a process of its own in another network of loopback, with the lowest priority: their processor is not the server's.
/// Quiet rounds and attacks alternate. The p99 without is of all quiet rounds: one alone has too few requests for it.
/// </summary>
internal static class AbuseBench
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    /// <param name="seconds">How long each of the two rounds of an attack lasts.</param>
    /// <param name="names">The attacks; none for all.</param>
    public static async Task RunAsync(int seconds, string[] names)
    {
        await using var server = new ServerProcess("--ArtFresh:Operators:Key", Attacks.OperatorsKey);
        PutSongs(server.DataDirectory);
        await server.StartAsync();
        using var honest = await HonestListener.SignInAsync(server.Address);
        await honest.LiveAsync(WarmUp);
        var (quiet, quietPictures) = (new List<double>(), new List<double>());
        Console.WriteLine("| attack | requests | p50 ms | p99 ms | picture ms | taken a second | refused a second | database KiB | memory MiB |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var attack in Attacks.All.Keys.Where(name => names.Length == 0 || names.Contains(name)))
        {
            var before = await honest.LiveAsync(TimeSpan.FromSeconds(seconds));
            quiet.AddRange(before.Requests);
            quietPictures.AddRange(before.Pictures);
            var (disk, memory) = (BytesOf(server.DataDirectory), MemoryOf(server));
            using var attacker = Start(attack, server.Address, seconds);
            // Its first line: it has signed in and begins.
            await attacker.StandardOutput.ReadLineAsync();
            var during = await honest.LiveAsync(TimeSpan.FromSeconds(seconds));
            var counts = (await attacker.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(' ');
            await attacker.WaitForExitAsync();
            var own = during.Requests.Count / RequestsOfArtwork * OwnBytesOfArtwork;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {attack} | {during} | {Rate(counts[0], seconds)} | {Rate(counts[1], seconds)} | {Math.Max(0, BytesOf(server.DataDirectory) - disk - own) / 1024:0} | {(MemoryOf(server) - memory) / 1024.0 / 1024:0} |"));
        }

        Console.WriteLine($"| none | {new HonestTimes(quiet, quietPictures)} | | | | |");
    }

    private const int RequestsOfArtwork = 2;

    /// <summary>About what an honest artwork adds: its row, a part of a block, a batch and a view.</summary>
    private const long OwnBytesOfArtwork = 900;

    private static string Rate(string count, int seconds) => (long.Parse(count, CultureInfo.InvariantCulture) / seconds).ToString(CultureInfo.InvariantCulture);

    private static Process Start(string attack, Uri server, int seconds)
    {
        var program = Environment.ProcessPath!;
        return Process.Start(new ProcessStartInfo("nice", ["-n", "19", program, "attack", attack, server.AbsoluteUri, seconds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
    }

    private static long BytesOf(string dataDirectory) =>
        new DirectoryInfo(dataDirectory).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => !file.FullName.Contains("/music/", StringComparison.Ordinal)).Sum(file => file.Length);

    private static long MemoryOf(ServerProcess server)
    {
        using var process = Process.GetProcessById(server.Id!.Value);
        return process.WorkingSet64;
    }

    private static void PutSongs(string dataDirectory)
    {
        var music = Directory.CreateDirectory(Path.Combine(dataDirectory, "music"));
        for (var i = 0; i < 20_000; i++)
        {
            File.WriteAllBytes(Path.Combine(music.FullName, string.Create(CultureInfo.InvariantCulture, $"Band - Song {i}.mp3")), []);
        }
    }
}
