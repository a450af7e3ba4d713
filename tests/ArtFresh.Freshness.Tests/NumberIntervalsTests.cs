using CsCheck;

namespace ArtFresh.Freshness.Tests;

public class NumberIntervalsTests
{
    private static readonly Gen<(int First, int Count)[]> Arrivals = Gen.Select(Gen.Int[1, 80], Gen.Int[0, 6]).Array[0, 40];

    [Fact]
    public void AnyArrivalsAreAccountedForToTheLastNumber() => Arrivals.Sample(
        arrivals =>
        {
            var numbers = new NumberIntervals();
            var model = new HashSet<long>();
            foreach (var (first, count) in arrivals)
            {
                var added = Numbers(first, count).Count(model.Add);
                Assert.Equal(added, count == 1 ? (numbers.Add(first) ? 1 : 0) : numbers.AddRange(first, count));
                AssertEqual(model, numbers);
            }
        },
        iter: 2000);

    [Fact]
    public void LimitOfIntervalsIsForeseenExactly() => Arrivals.Sample(
        arrivals =>
        {
            var numbers = new NumberIntervals(intervalsMax: 3);
            var model = new HashSet<long>();
            foreach (var (first, count) in arrivals)
            {
                var grown = model.Concat(Numbers(first, count)).ToHashSet();
                var fits = IntervalsOf(grown).Count <= 3;
                Assert.Equal(fits, numbers.CanAdd(first, count));
                if (fits)
                {
                    numbers.AddRange(first, count);
                    model = grown;
                }
                else
                {
                    Assert.Throws<InvalidOperationException>(() => numbers.AddRange(first, count));
                }

                AssertEqual(model, numbers);
            }
        },
        iter: 2000);

    [Fact]
    public void StrangerWhoSkipsEveryOtherNumberIsBounded()
    {
        var numbers = new NumberIntervals();
        var number = 1L;
        for (; numbers.CanAdd(number, 1); number += 2)
        {
            numbers.Add(number);
        }

        Assert.Equal((2 * 4096) + 1, number);
        Assert.Equal(4096, numbers.Intervals.Count);
        Assert.True(numbers.CanAdd(2, 1));
    }

    /// <summary>Idle sessions are many.</summary>
    [Fact]
    public void SessionThatLosesNothingTakesNoArray()
    {
        // Once before it counts: the first use of a type allocates for the runtime.
        var (_, _) = (Fill(), Fill());
        var (numbers, allocated) = Fill();

        Assert.InRange(allocated, 1, 56);
        Assert.Equal(10_000, numbers.HighWater);
    }

    private static (NumberIntervals Numbers, long Allocated) Fill()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var numbers = new NumberIntervals();
        for (var first = 1; first < 10_000; first += 50)
        {
            numbers.AddRange(first, 50);
        }

        return (numbers, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void LargestNumberIsANumberLikeAnyOther()
    {
        var numbers = new NumberIntervals();
        Assert.True(numbers.Add(long.MaxValue));
        Assert.False(numbers.Add(long.MaxValue));
        Assert.Equal(long.MaxValue - 1, numbers.Missing);
        Assert.Equal([(1L, long.MaxValue - 1)], numbers.Gaps());
        Assert.Equal(long.MaxValue - 1, numbers.AddRange(1, long.MaxValue));
        Assert.Equal(long.MaxValue, numbers.HighWater);
        Assert.Empty(numbers.Gaps());
    }

    [Fact]
    public void NumbersBelowOneAndRangesBeyondTheLastAreRefused()
    {
        var numbers = new NumberIntervals();
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers.Add(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers.AddRange(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers.AddRange(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers.AddRange(2, long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers.CanAdd(-5, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers.Contains(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumberIntervals(0));
        Assert.Equal(0, numbers.Count);
    }

    private static void AssertEqual(HashSet<long> model, NumberIntervals numbers)
    {
        var highest = model.DefaultIfEmpty(0).Max();
        var highWater = Enumerable.Range(1, 100).First(number => !model.Contains(number)) - 1;
        Assert.Equal(model.Count, numbers.Count);
        Assert.Equal(highest, numbers.Highest);
        Assert.Equal(highWater, numbers.HighWater);
        Assert.Equal(highest - model.Count, numbers.Missing);
        Assert.Equal(IntervalsOf(model), numbers.Intervals);
        Assert.Equal(IntervalsOf(Numbers(1, (int)highest).Where(number => !model.Contains(number))), numbers.Gaps());
        Assert.All(Numbers(1, 100), number => Assert.Equal(model.Contains(number), numbers.Contains(number)));
    }

    private static List<(long First, long Last)> IntervalsOf(IEnumerable<long> numbers)
    {
        var intervals = new List<(long First, long Last)>();
        foreach (var number in numbers.Order())
        {
            if (intervals.Count > 0 && intervals[^1].Last == number - 1)
            {
                intervals[^1] = (intervals[^1].First, number);
            }
            else
            {
                intervals.Add((number, number));
            }
        }

        return intervals;
    }

    private static IEnumerable<long> Numbers(int first, int count) => Enumerable.Range(first, count).Select(number => (long)number);
}
