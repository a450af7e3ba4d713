using Xunit;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>Each event of the table once, with its waits cut short.</summary>
[Collection(typeof(MachineToItself))]
public sealed class DeliveryTests(DeliveryRuns runs) : IClassFixture<DeliveryRuns>
{
    public static TheoryData<string> Events => [.. DeliveryEvent.All.Select(happening => happening.Name)];

    [Theory, MemberData(nameof(Events))]
    public async Task NothingShownIsLostWhatever(string happens)
    {
        var result = await runs.Of(happens);

        TestContext.Current.SendDiagnosticMessage($"{happens}: {result}");
        Assert.Equal(0, result.Lost);
        Assert.Equal(0, result.Repeats);
        Assert.InRange(result.Shown, 40, 2500);
        Assert.Equal(happens.Contains("made on the spot", StringComparison.Ordinal), result.Made > 50);
    }
}

/// <summary>Each event with a server, a proxy and a browser of its own.</summary>
public sealed class DeliveryRuns : IAsyncDisposable
{
    private const double Part = 0.1;
    private const int EveryMs = 50;
    private const int AtOnce = 1;

    private readonly ClientLibrary _library = new();
    private readonly SideBySide<DeliveryResult> _runs;

    public DeliveryRuns() => _runs = new([.. DeliveryEvent.All.Select(happening => happening.Name)], AtOnce, RunAsync);

    public Task<DeliveryResult> Of(string happens) => _runs.Of(happens);

    public async ValueTask DisposeAsync()
    {
        await _runs.DisposeAsync();
        _library.Dispose();
    }

    private async Task<DeliveryResult> RunAsync(string happens)
    {
        await using var art = await ShownArt.StartAsync(_library, EveryMs);
        return await art.CountAsync(await DeliveryEvent.All.Single(one => one.Name == happens).Run(art, Part));
    }
}
