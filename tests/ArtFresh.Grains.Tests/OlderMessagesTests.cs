using ArtFresh.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>While releases are rolled out, a server reads what a server of the older release wrote.</summary>
public sealed class OlderMessagesTests
{
    [Fact]
    public void FigureWithoutUnitAndRelationIsAShareWithoutTarget()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var written = serializer.SerializeToArray(new OlderFigure("lost", 1, 4, 0.25, 0.01, "fail"));

        var read = serializer.Deserialize<KpiFigure>(written)!;

        Assert.Equal(("lost", "fail", "share", "any"), (read.Name, read.Verdict, read.Unit, read.Relation));
        var copied = serializer.Deserialize<KpiFigure>(serializer.SerializeToArray(read with { Unit = "ms", Relation = "under" }))!;
        Assert.Equal(("ms", "under"), (copied.Unit, copied.Relation));
    }

    /// <summary>The ids of <see cref="KpiFigure"/> in release 1.0.0.</summary>
    [GenerateSerializer]
    internal sealed record OlderFigure(
        [property: Id(0)] string Name,
        [property: Id(1)] long Numerator,
        [property: Id(2)] long Denominator,
        [property: Id(3)] double? Value,
        [property: Id(4)] double Target,
        [property: Id(5)] string Verdict);
}
