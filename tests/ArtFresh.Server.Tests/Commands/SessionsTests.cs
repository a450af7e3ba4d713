using System.Text.Json;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

[Collection("ledgers")]
public sealed class SessionsTests(SoundLedgers ledgers)
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task SessionsAreListedNewestFirstWithWhatIsMissingOfThem(bool isCluster)
    {
        using var ledger = ledgers.Copy(isCluster);

        var all = await ListAsync(ledger);

        Assert.Equal(Listeners.Count * 2, all.Length);
        Assert.Equal(all.Select(At("openedAt")).OrderDescending(), all.Select(At("openedAt")));
        Assert.All(all, session =>
        {
            Assert.Equal((11, 5, 2), (Figure(session, "impressions"), Figure(session, "highWater"), Figure(session, "missing")));
            Assert.Equal((6, 7), (Figure(session.GetProperty("missingNumbers")[0], "first"), Figure(session.GetProperty("missingNumbers")[0], "last")));
        });

        var listener = all[0].GetProperty("listener").GetString()!;
        Assert.Equal([listener, listener], (await ListAsync(ledger, "--listener", listener)).Select(session => session.GetProperty("listener").GetString()));
        var open = await ListAsync(ledger, "--open");
        Assert.Equal(Listeners.Count, open.Length);
        Assert.All(open, session => Assert.Equal(("release-1", JsonValueKind.Null), (session.GetProperty("release").GetString(), session.GetProperty("endedAt").ValueKind)));
        Assert.Equal(2, (await ListAsync(ledger, "--limit", "2")).Length);
        Assert.Equal(Listeners.Count, (await ListAsync(ledger, "--release", "release-0")).Length);
        var id = all[3].GetProperty("session").GetString()!;
        Assert.Equal(id, (await ListAsync(ledger, id)).Single().GetProperty("session").GetString());
    }

    [Fact]
    public async Task NoneIsAnEmptyListAndOne()
    {
        using var ledger = ledgers.Copy(false);

        var none = await Tool.RunAsync(["sessions", "--listener", "nobody", "--json", .. ledger.Where]);
        var table = await Tool.RunAsync(["sessions", "--open", .. ledger.Where]);

        Assert.Equal((1, 0), (none.ExitCode, none.Json.GetArrayLength()));
        Assert.Contains("2: 6-7", table.Output, StringComparison.Ordinal);
    }

    private static async Task<JsonElement[]> ListAsync(LedgerCopy ledger, params string[] filter)
    {
        var printed = await Tool.RunAsync(["sessions", "--json", .. filter, .. ledger.Where]);
        Assert.True(printed.ExitCode == 0, printed.Errors);
        return [.. printed.Json.EnumerateArray()];
    }

    private static Func<JsonElement, DateTimeOffset> At(string name) => session => session.GetProperty(name).GetDateTimeOffset();

    private static long Figure(JsonElement session, string name) => session.GetProperty(name).GetInt64();
}
