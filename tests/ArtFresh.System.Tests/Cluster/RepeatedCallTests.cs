using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.SystemTests.Cluster;

/// <summary>A front end of its own asks a silo again when an answer takes longer than it waits.</summary>
public sealed class RepeatedCallTests
{
    private const int Count = 5;
    private const int TriesMax = 6;
    private const string Repeated = "of a call to a grain failed; trying again";

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
        PostedAnswer answer;
        var number = 1;
        do
        {
            var batch = new PostedBatch(session, Guid.CreateVersion7(), number, await listener.FreshAsync(session, Count, 0.5, 0.5));
            answer = await PostWhileLockedAsync(connectionString, frontEnd, listener, batch);
            Assert.Equal(Count, answer.Recorded + answer.Duplicates);
            Assert.Equal(new PostedAnswer(0, Count, 0), await listener.PostForAnswerAsync(batch));
            number += Count;
        }
        // On a busy machine the silo may have given up the first call's commit by then: the second records the batch.
        while (answer.Recorded > 0 && number < Count * TriesMax);

        Assert.Equal(new PostedAnswer(Recorded: 0, Duplicates: Count, Repeats: 0), answer);
    }

    /// <summary>Posts a batch whose table is locked until the front end has asked again.</summary>
    private static async Task<PostedAnswer> PostWhileLockedAsync(string connectionString, ServerProcess frontEnd, HttpListenerClient listener, PostedBatch batch)
    {
        var before = frontEnd.Log.Length;
        Task<PostedAnswer> posting;
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand("lock table impression_batch in exclusive mode", connection, transaction);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            posting = listener.PostForAnswerAsync(batch);
            while (!frontEnd.Log[before..].Contains(Repeated, StringComparison.Ordinal))
            {
                Assert.False(posting.IsCompleted, "The batch was answered while it could not be written.");
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }

        return await posting;
    }
}
