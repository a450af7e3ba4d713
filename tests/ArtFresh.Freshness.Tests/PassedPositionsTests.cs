namespace ArtFresh.Freshness.Tests;

public sealed class PassedPositionsTests
{
    [Fact]
    public void NewestStretchComesFirstAndEachPositionOnce()
    {
        var order = new PassedPositions().Order(0, 200, seed: 1).ToArray();

        Assert.Equal(Enumerable.Range(0, 200), order.Order());
        Assert.Equal(Enumerable.Range(128, 72), order.Take(72).Order());
        Assert.Equal([1, 0], order.Skip(72).Select(position => position / 64).Distinct());
    }

    [Theory]
    [InlineData(65)]
    [InlineData(66)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1000)]
    public void NewListenersBeginWithDifferentArtworksHoweverShortTheNewestStretchIs(int count)
    {
        var first = Enumerable.Range(0, 100).Select(listener => new PassedPositions().Order(0, count, (ulong)listener << 32).First()).ToArray();

        Assert.True(first.Distinct().Count() > 30);
        Assert.All(first, position => Assert.InRange(position, count - 127, count - 1));
    }

    [Fact]
    public void ListenersSeeAStretchInOrdersOfTheirOwn()
    {
        var orders = Enumerable.Range(0, 1000).Select(listener => new PassedPositions().Order(0, 64, (ulong)listener << 32).ToArray()).ToArray();

        Assert.Equal(1000, orders.Select(order => string.Join(' ', order)).Distinct().Count());
        // Each place comes first for about one listener in 64.
        Assert.All(orders.GroupBy(order => order[0]), first => Assert.InRange(first.Count(), 3, 35));
        Assert.Equal(orders[7], new PassedPositions().Order(0, 64, 7UL << 32));
    }

    [Fact]
    public void WhatIsPassedComesNoMoreAndWhatIsNewComesFirst()
    {
        var passed = new PassedPositions();
        var first = passed.Order(0, 100, 5).Take(40).ToArray();
        foreach (var position in first)
        {
            passed.Add(position);
        }

        Assert.Equal(60, passed.Left(0, 100));
        var next = passed.Order(0, 300, 5).ToArray();
        Assert.Equal(Enumerable.Range(0, 300).Except(first), next.Order());
        Assert.Equal(260, passed.Left(0, 300));
        Assert.InRange(next[0] / 64, 3, 4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1000)]
    public void OldPositionIsTakenOver(int before)
    {
        var passed = new PassedPositions(before);

        Assert.Equal(before, passed.PassedBefore);
        Assert.Equal(Enumerable.Range(before, 1100 - before), passed.Order(0, 1100, 9).Order());
        Assert.Equal(1100 - before, passed.Left(0, 1100));
    }

    /// <summary>Against a set that does the same in the plainest way.</summary>
    [Fact]
    public void AnyOrderOfPassingAgreesWithAPlainSet()
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var (passed, plain) = (new PassedPositions(), new HashSet<int>());
            for (var step = random.Next(20); step > 0; step--)
            {
                // Runs, so that whole stretches and intervals of them arise.
                var start = random.Next(1000);
                for (var position = start; position < Math.Min(1000, start + random.Next(300)); position++)
                {
                    passed.Add(position);
                    plain.Add(position);
                }
            }

            var (from, count) = (random.Next(500), 500 + random.Next(600));
            var left = Enumerable.Range(0, count).Where(position => position >= from && !plain.Contains(position)).ToArray();
            Assert.Equal(left, passed.Order(from, count, 1).Order());
            Assert.Equal(left.Length, passed.Left(from, count));
            Assert.Equal(Enumerable.Range(0, 2000).First(position => !plain.Contains(position)), passed.PassedBefore);

            var again = new PassedPositions();
            foreach (var (first, last) in passed.Whole)
            {
                again.AddWhole(first, last);
            }

            Assert.Equal(passed.Whole, again.Whole);
        }
    }

    [Fact]
    public void LongHistoryIsSkippedAtOnce()
    {
        var passed = new PassedPositions(100_000_000);

        Assert.Equal(Enumerable.Range(100_000_000, 3), passed.Order(0, 100_000_003, 1).Order());
    }
}
