using Xunit;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>Each event of the table once, with its waits cut short.</summary>
public sealed class DeliveryTests(ClientLibrary library) : IClassFixture<ClientLibrary>
{
    private const double Part = 0.1;
    private const int EveryMs = 50;

    public static TheoryData<string> Events => [.. DeliveryEvent.All.Select(happening => happening.Name)];

    [Theory, MemberData(nameof(Events))]
    public async Task NothingShownIsLostWhatever(string happens)
    {
        await using var art = await ShownArt.StartAsync(library, EveryMs);
        var happening = DeliveryEvent.All.Single(one => one.Name == happens);

        var result = await art.CountAsync(await happening.Run(art, Part));

        TestContext.Current.SendDiagnosticMessage($"{happens}: {result}");
        Assert.Equal(0, result.Lost);
        Assert.Equal(0, result.Repeats);
        Assert.InRange(result.Shown, 40, 2500);
        Assert.Equal(happens.Contains("made on the spot", StringComparison.Ordinal), result.Made > 50);
    }
}
