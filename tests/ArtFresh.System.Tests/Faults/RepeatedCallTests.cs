using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

/// <summary>A front end of its own asks a silo again when an answer takes longer than it waits.</summary>
public sealed class RepeatedCallTests
{
    private const string Repeated = "A call to a grain is repeated";

    [Fact]
    public async Task BatchInCommitWhenItsCallIsRepeatedIsRecordedOnceAndReportedAsDuplicates()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var postgres = PostgresServer.Shared;
        var connectionString = postgres.NewDatabase();
        ServerProcess Member(string role) => new(
            "--ArtFresh:Role", role, "--ConnectionStrings:Ledger", connectionString, "--ArtFresh:Cluster:Address", "127.0.0.1", "--Logging:LogLevel:ArtFresh.Api.GrainCalls", "Information");
        await using var silo = Member("silo");
        await using var frontEnd = Member("web");
        await silo.StartAsync();
        await frontEnd.StartAsync();
        using var listener = new HttpListenerClient(frontEnd.Address);
        await listener.SignInAsync();
        var session = await listener.OpenAsync();
        var ids = await listener.FreshAsync(session, 5, 0.5, 0.5);

        Task<PostedAnswer> posting;
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand("lock table impression_batch in exclusive mode", connection, transaction);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            posting = listener.PostForAnswerAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, ids));
            while (!frontEnd.Log.Contains(Repeated, StringComparison.Ordinal))
            {
                Assert.False(posting.IsCompleted, "The batch was answered while it could not be written.");
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal(new PostedAnswer(Recorded: 0, Duplicates: 5, Repeats: 0), await posting);
        Assert.Equal(new PostedAnswer(0, 5, 0), await listener.PostForAnswerAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, ids)));
    }
}
