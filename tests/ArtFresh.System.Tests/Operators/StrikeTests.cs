using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>An operator strikes the network of an address that a log shows.</summary>
public sealed class StrikeTests
{
    [Fact]
    public async Task AddressIsStruckByARunningServerAndItsHashIsLiftedWithoutOne()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        string[] byAddress = ["release", "strike", "--address", "127.0.0.9", "--server", server.Address.ToString(), "--data", server.DataDirectory, "--reason", "lies", "--json"];
        // Before anybody sent a batch. The server has the day's key from then on.
        var none = await Tool.RunAsync(byAddress);
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        var session = await listener.OpenAsync("r1");
        var ids = await listener.FreshAsync(session, 2, 0.5, 0.5);
        await listener.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, ids, new PostedReport(2, [100, 200])));

        var struck = await Tool.RunAsync(byAddress);
        var (network, day) = (struck.Json.GetProperty("network").GetInt32(), struck.Json.GetProperty("day").GetString()!);
        var stranger = await Tool.RunAsync([.. byAddress, "--key", "no operator's key at all"]);
        await server.StopAsync();
        var lifted = await Tool.RunAsync("release", "strike", "--network", $"{network}", "--day", day, "--lift", "--data", server.DataDirectory, "--reason", "no lies");
        var silent = await Tool.RunAsync(byAddress);

        Assert.Equal((0, 0), (none.ExitCode, none.Json.GetProperty("listeners").GetInt32()));
        Assert.Equal((0, 1), (struck.ExitCode, struck.Json.GetProperty("listeners").GetInt32()));
        Assert.Equal((0, $"The claims of 1 listener of network {network} of {day} are counted again."), (lifted.ExitCode, lifted.Output.Split('\n')[0].Trim()));
        Assert.Contains("until midnight (UTC)", struck.Json.GetProperty("note").GetString()!, StringComparison.Ordinal);
        var nobody = await Tool.RunAsync("release", "strike", "--listener", "guest-nobody", "--data", server.DataDirectory, "--reason", "lies");
        Assert.Equal((2, ""), (nobody.ExitCode, nobody.Output));
        Assert.Contains("guest-nobody has no session", nobody.Errors, StringComparison.Ordinal);
        Assert.Equal((2, ""), (stranger.ExitCode, stranger.Output));
        Assert.Contains("answers 40", stranger.Errors, StringComparison.Ordinal);
        Assert.Equal((2, ""), (silent.ExitCode, silent.Output));
        Assert.Contains("Name it with --server.", silent.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Name one: a --listener, a --network by its hash from 1 to 1024, or an --address of it.")]
    [InlineData("Name one:", "--listener", "guest-a", "--address", "127.0.0.1")]
    [InlineData("--address is of today's network", "--address", "127.0.0.1", "--day", "2026-02-01")]
    [InlineData("'127.63.1.0/24' is none. Name an address", "--network", "127.63.1.0/24")]
    [InlineData("'0' is none.", "--network", "0")]
    public async Task StrikeNamesOneNetworkOrListener(string sentence, params string[] arguments)
    {
        var printed = await Tool.RunAsync(["release", "strike", "--reason", "lies", .. arguments]);

        Assert.Equal((2, ""), (printed.ExitCode, printed.Output));
        Assert.Contains(sentence, printed.Errors, StringComparison.Ordinal);
    }
}
