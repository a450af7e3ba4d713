using CsCheck;

namespace ArtFresh.Freshness.Tests;

public class ContainerTests
{
    private static readonly Gen<(int First, int Count, int Step, bool Adds)[]> Histories =
        Gen.Select(Gen.Int[0, 65_535], Gen.Frequency((2, Gen.Int[1, 40]), (3, Gen.Int[1, 9000]), (1, Gen.Int[30_000, 65_536])), Gen.Int[1, 7], Gen.Int[0, 2].Select(n => n > 0)).Array[1, 16];

    /// <summary>Counts of values and runs decide the kind, so they must be right after every change.</summary>
    [Fact]
    public void CountsAndKindsFollowAnyHistory() => Histories.Sample(
        history =>
        {
            var container = Container.OfRange(100, 100);
            var model = new bool[Container.Span];
            model[100] = true;
            foreach (var (first, count, step, adds) in history)
            {
                for (int i = 0, value = first; i < count && value < Container.Span; i++, value += step)
                {
                    if (adds || container.Count > 1)
                    {
                        Assert.Equal(model[value] != adds, adds ? container.Add(value) : container.Remove(value));
                        model[value] = adds;
                        container = container.Fitted();
                    }
                }

                AssertHolds(model, container);
            }
        },
        iter: 150);

    /// <summary>Each kind becomes each other one by the changes that call for it, and holds the same values before and after.</summary>
    [Fact]
    public void EveryContainerKindConvertsToEveryOther()
    {
        var model = new bool[Container.Span];
        model[0] = true;
        var container = Container.OfRange(0, 0);
        Assert.IsType<ArrayContainer>(container);
        Change<RunContainer>(true, Enumerable.Range(1, 20));
        Change<ArrayContainer>(true, Enumerable.Range(0, 100).Select(i => 1000 + (2 * i)));
        Change<ByteContainer>(true, Enumerable.Range(0, 3000).Select(i => 2000 + (2 * i)));
        Change<BitmapContainer>(true, Enumerable.Range(0, 5000).Select(i => 8000 + (2 * i)));
        Change<RunContainer>(true, Enumerable.Range(0, 8000).Select(i => 2001 + (2 * i)));
        Change<BitmapContainer>(true, Enumerable.Range(0, 2200).Select(i => 30_000 + (2 * i)));
        Change<ByteContainer>(false, Enumerable.Range(2000, 28_500));
        Change<ArrayContainer>(false, Enumerable.Range(30_500, 4300));
        Change<BitmapContainer>(true, Enumerable.Range(0, 9000).Select(i => 2000 + (2 * i)));
        Change<ArrayContainer>(false, Enumerable.Range(2000, 63_000));
        Change<ByteContainer>(true, Enumerable.Range(0, 1000).Select(i => 2000 + (2 * i)));
        Change<RunContainer>(true, Enumerable.Range(0, 1000).Select(i => 2001 + (2 * i)));
        Change<ByteContainer>(true, Enumerable.Range(0, 1500).Select(i => 10_000 + (2 * i)));

        void Change<T>(bool adds, IEnumerable<int> values)
        {
            foreach (var value in values)
            {
                Assert.Equal(model[value] != adds, adds ? container.Add(value) : container.Remove(value));
                model[value] = adds;
                container = container.Fitted();
            }

            Assert.IsType<T>(container);
            AssertHolds(model, container);
        }
    }

    [Fact]
    public void RangesAreAddedToEveryKind() => Histories.Sample(
        history =>
        {
            var model = new bool[Container.Span];
            model[9] = true;
            var container = Container.OfRange(9, 9);
            foreach (var (first, count, step, _) in history)
            {
                var last = Math.Min(Container.Span - 1, first + (count / step));
                var news = 0;
                for (var value = first; value <= last; value++)
                {
                    news += model[value] ? 0 : 1;
                    model[value] = true;
                }

                foreach (var kind in KindsOf(container))
                {
                    var grown = Container.WithRange(kind, first, last, out var added);
                    Assert.Equal(news, added);
                    AssertHolds(model, grown);
                    container = grown;
                }
            }
        },
        iter: 60);

    /// <summary>A container on the border between two kinds must not go to and fro with every change, whatever the length of its runs.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void ContainerKindsDoNotFlap(int runLength)
    {
        var conversions = 0;
        var container = Container.OfRange(0, 0);
        for (var value = 0; value < Container.Span; value++)
        {
            for (var turn = 0; turn < 2 && value % (runLength + 2) < runLength; turn++)
            {
                Change(container.Add(value));
                if (value > 0)
                {
                    Change(container.Remove(value));
                    Change(container.Add(value));
                }
            }
        }

        Assert.InRange(conversions, 1, 20);

        void Change(bool changed)
        {
            var fitted = container.Fitted();
            conversions += changed && fitted.GetType() != container.GetType() ? 1 : 0;
            container = fitted;
        }
    }

    private static Container[] KindsOf(Container container) =>
        [RunContainer.From(container), BitmapContainer.From(container), ArrayContainer.From(container), .. container.Count < Container.Span ? [ByteContainer.From(container)] : Array.Empty<Container>()];

    private static void AssertHolds(bool[] model, Container container)
    {
        var runs = 0;
        var count = 0;
        for (var value = 0; value < model.Length; value++)
        {
            if (container.Contains(value) != model[value])
            {
                Assert.Fail($"{value} is {(model[value] ? "missing" : "too many")}");
            }

            count += model[value] ? 1 : 0;
            runs += model[value] && (value == 0 || !model[value - 1]) ? 1 : 0;
        }

        Assert.Equal(count, container.Count);
        Assert.Equal(runs, container.RunCount);
        var inBytes = count + ByteContainer.FixedBytes;
        var bytes = container switch { ArrayContainer => count * 2, ByteContainer => inBytes, RunContainer => runs * 4, _ => Container.BitmapBytes };
        var least = Math.Min(Math.Min(Math.Min(count * 2, inBytes), runs * 4), Container.BitmapBytes);
        Assert.InRange(bytes, 0, least * 2);
    }
}
