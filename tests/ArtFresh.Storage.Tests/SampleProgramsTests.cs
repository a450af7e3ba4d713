using System.Diagnostics;
using System.Text.RegularExpressions;
using ArtFresh.Contracts;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>The samples as programs of their own, connected to a silo on PostgreSQL.</summary>
[Collection("postgres")]
public sealed class SampleProgramsTests(PostgresWorld world)
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task ClientRecordsWhatItWasServedAndTheSubscriberHearsOfIt()
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stopping.CancelAfter(PatienceMax);
        var database = world.Server.NewDatabase();
        await using var silo = await PostgresSilo.StartAsync(database);
        using var subscriber = Run("Subscriber", database, "--Messages=1");
        try
        {
            await ReadUntilAsync(subscriber, "^subscribed$", stopping.Token);
            using var recording = Run("Client", database);
            var said = await recording.StandardOutput.ReadToEndAsync(stopping.Token);
            await recording.WaitForExitAsync(stopping.Token);
            Assert.True(recording.ExitCode == 0, said + await recording.StandardError.ReadToEndAsync(stopping.Token));
            // A busy machine may answer with fewer artworks than asked for.
            Assert.Matches($"{SessionOutcome.Done}: [1-3] recorded", said);

            await ReadUntilAsync(subscriber, "^writer [0-9]+ has committed batches up to 1$", stopping.Token);
            await subscriber.WaitForExitAsync(stopping.Token);
            Assert.Equal(0, subscriber.ExitCode);
        }
        finally
        {
            subscriber.Kill();
        }
    }

    /// <summary>Release or Debug, as this test was built.</summary>
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Skips what the host logs.</summary>
    private static async Task ReadUntilAsync(Process program, string pattern, CancellationToken stopping)
    {
        while (!Regex.IsMatch(await program.StandardOutput.ReadLineAsync(stopping) ?? throw new EndOfStreamException($"The program ended without {pattern}."), pattern))
        {
        }
    }

    private static Process Run(string sample, string database, params string[] arguments)
    {
        var program = Path.Combine(ServerProcess.Repository, "samples", sample, "bin", Configuration, "net10.0", $"ArtFresh.Samples.{sample}.dll");
        var start = new ProcessStartInfo("dotnet", [program, $"--ConnectionStrings:Ledger={database}", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"The sample {sample} did not start.");
    }
}
