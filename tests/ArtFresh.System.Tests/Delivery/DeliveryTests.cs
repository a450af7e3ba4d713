using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>Each event of the table once, with its waits cut short; variants in the long form.</summary>
[Collection(typeof(MachineToItself))]
public sealed class DeliveryTests(DeliveryRuns runs) : IClassFixture<DeliveryRuns>
{
    public static TheoryData<string> Events => [.. DeliveryRuns.Events];

    [Theory, MemberData(nameof(Events))]
    public async Task NothingShownIsLostWhatever(string happens)
    {
        var result = await runs.Of(happens);

        TestContext.Current.SendDiagnosticMessage($"{happens}: {result}");
        Assert.Equal(0, result.Lost);
        Assert.Equal(0, result.Repeats);
        Assert.Equal(0, result.ForNobody);
        Assert.InRange(result.Spent, result.Shown, result.Shown * DeliveryTable.SpentMax);
        // Whoever came back has lost what the figures say, and whoever is away no more than their bound.
        Assert.Equal(result.Lost, result.SaidLost);
        Assert.Empty(result.Unbounded);
        Assert.InRange(result.Shown, 40, 2500);
        // A page whose server is slow to answer makes some art itself, whatever happens.
        Assert.True(happens.Contains("made on the spot", StringComparison.Ordinal) ? result.Made > 50 : result.Shown - result.Made >= 20, result.ToString());
    }
}

/// <summary>The events some at a time, since they wait more than they compute. All but those that are alone have the server and the browser's process in common.</summary>
public sealed class DeliveryRuns : IAsyncDisposable
{
    private const double Part = 0.1;
    private const int EveryMs = 50;
    private const int AtOnce = 3;

    /// <summary>Names of the events that are tested.</summary>
    internal static string[] Events { get; } = [.. DeliveryEvent.All.Where(happening => LongForm.IsOn || !happening.IsVariant).Select(happening => happening.Name)];

    private readonly ClientLibrary _library = new();
    private readonly ServerProcess _server = new("--ArtFresh:Limits:SignInsPerMinute", "1000");
    private readonly Lazy<Task> _serverStarted;
    private readonly SideBySide<DeliveryResult> _runs;

    public DeliveryRuns()
    {
        _serverStarted = new(_server.StartAsync);
        _runs = new(Events, AtOnce, RunAsync);
    }

    public Task<DeliveryResult> Of(string happens) => _runs.Of(happens);

    public async ValueTask DisposeAsync()
    {
        await _runs.DisposeAsync();
        await _server.DisposeAsync();
        _library.Dispose();
    }

    private async Task<DeliveryResult> RunAsync(string happens)
    {
        var happening = DeliveryEvent.All.Single(one => one.Name == happens);
        await _serverStarted.Value;
        await using var art = happening.IsAlone ? await ShownArt.StartAsync(_library, EveryMs) : await ShownArt.StartAsync(_library, _server, EveryMs);
        return await art.CountAsync(await happening.Run(art, Part));
    }
}
