using CsCheck;

namespace ArtFresh.Freshness.Tests;

public class ArtworkSetTests
{
    [Fact]
    public void AnyHistoryLeavesItEqualToAPlainSet() => SetOperation.Histories.Sample(history =>
    {
        var set = new ArtworkSet();
        var model = new HashSet<long>();
        foreach (var operation in history)
        {
            set = operation.Apply(set, model);
            Assert.Equal(model.Count, set.Count);
        }

        AssertEqual(model, set);
    }, iter: 300);

    [Fact]
    public void UnionOfTwoHistoriesIsTheUnionOfTheirModels() => Gen.Select(SetOperation.Histories, SetOperation.Histories).Sample((left, right) =>
    {
        var (set, model) = Play(left);
        var (other, otherModel) = Play(right);
        set.UnionWith(other);
        model.UnionWith(otherModel);
        AssertEqual(model, set);

        // The union shares nothing with the set that it took its ids from.
        Assert.All(otherModel.Take(500), id => Assert.True(set.Remove(id)));
        AssertEqual(otherModel, other);
    }, iter: 100);

    [Fact]
    public void UnionWithItselfChangesNothing()
    {
        var set = new ArtworkSet();
        set.AddRange(10, 100);
        set.UnionWith(set);
        Assert.Equal(100, set.Count);
    }

    [Fact]
    public void ChangedCopyLeavesTheOriginal()
    {
        var set = new ArtworkSet();
        set.AddRange(0, 200_000);
        var clone = set.Clone();
        clone.Remove(70_000);
        clone.AddRange(500_000, 5);
        Assert.True(set.Contains(70_000));
        Assert.False(set.Contains(500_000));
        Assert.Equal(200_000, set.Count);
    }

    [Fact]
    public void NegativeIdsAreRefusedAndNothingIsAdded()
    {
        var set = new ArtworkSet { 3 };
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Remove(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Contains(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.AddRange(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.AddRange(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.AddRange(2, long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.UnionWith([7, 8, long.MinValue]));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.ExceptWith([3, -1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.ContainsAll([3, -1]));
        Assert.Equal([3], set);
    }

    [Fact]
    public void EmptyRangeAddsNothing() => Assert.Equal(0, new ArtworkSet().AddRange(long.MaxValue, 0));

    [Fact]
    public void ChangeWhileEnumeratingIsNoticed()
    {
        var set = new ArtworkSet { 1, 2, 3 };
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var id in set)
            {
                set.Add(id + 10);
            }
        });
    }

    [Fact]
    public void SmallSetsCostAFewHundredBytes()
    {
        Assert.InRange(new ArtworkSet().MemoryBytes, 1, 64);
        var random = new Random(1);
        var set = new ArtworkSet();
        while (set.Count < 20)
        {
            set.Add(random.NextInt64(1_000_000));
        }

        Assert.InRange(set.MemoryBytes, 100, 200);
        var block = new ArtworkSet();
        block.AddRange(1000, 50);
        Assert.InRange(block.MemoryBytes, 50, 300);
        Assert.InRange(Allocated(() => new ArtworkSet().Count), 1, 100);
    }

    /// <summary>Of a catalogue of 200,000: what an idle session keeps of what it has shown.</summary>
    [Theory]
    [InlineData(10, 110)]
    [InlineData(100, 290)]
    [InlineData(250, 600)]
    [InlineData(1_000, 2_700)]
    [InlineData(10_000, 13_000)]
    [InlineData(100_000, 34_000)]
    public void ScatteredIdsTakeLittle(int count, int bytesMax)
    {
        var set = new ArtworkSet();
        for (var i = 0L; i < count; i++)
        {
            set.Add(i * 123_457 % 200_000);
        }

        Assert.Equal(count, set.Count);
        Assert.InRange(set.Clone().MemoryBytes, 1, bytesMax);

        var gathered = ArtworkSet.Gathering();
        for (var i = 0L; i < count; i++)
        {
            gathered.Add(i * 123_457 % 200_000);
        }

        Assert.InRange(gathered.Clone().MemoryBytes, 1, set.Clone().MemoryBytes);
    }

    [Fact]
    public void MemoryEstimateIsWhatIsAllocated()
    {
        var random = new Random(2);
        var set = new ArtworkSet();
        for (var i = 0; i < 50_000; i++)
        {
            set.Add(random.NextInt64(2_000_000));
        }

        var clone = set;
        var allocated = Allocated(() => (clone = set.Clone()).Count);
        Assert.InRange(clone.MemoryBytes, allocated * 0.9, allocated * 1.1);
    }

    [Fact]
    public void AddingInOrderAllocatesAlmostNothing()
    {
        var set = new ArtworkSet();
        var allocated = Allocated(() =>
        {
            for (var id = 0L; id < 200_000; id++)
            {
                set.Add(id);
            }

            return set.Count;
        });
        Assert.Equal(200_000, set.Count);
        Assert.InRange(allocated, 1, 5_000);
    }

    [Fact]
    public void ChangeToALargeSetTouchesOneContainer()
    {
        var random = new Random(3);
        var set = new ArtworkSet();
        while (set.Count < 100_000)
        {
            set.Add(random.NextInt64(100_000_000));
        }

        var allocated = Allocated(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                set.Add(random.NextInt64(100_000_000));
            }

            return set.Count;
        });

        // Copying the set once would be 200,000 bytes; a thousand changes may grow a thousand small arrays.
        Assert.InRange(allocated, 1, 1000 * 400);
    }

    private static (ArtworkSet Set, HashSet<long> Model) Play(SetOperation[] history)
    {
        var (set, model) = (new ArtworkSet(), new HashSet<long>());
        foreach (var operation in history)
        {
            set = operation.Apply(set, model);
        }

        return (set, model);
    }

    private static void AssertEqual(HashSet<long> model, ArtworkSet set)
    {
        var ids = model.Order().ToArray();
        Assert.Equal(ids.Length, set.Count);
        Assert.True(set.SequenceEqual(ids), "the ids differ");
        var copy = ArtworkSet.FromBytes(set.ToBytes());
        Assert.Equal(ids.Length, copy.Count);
        Assert.True(copy.SequenceEqual(ids), "the ids differ after a round trip");
        foreach (var id in ids.Where((_, i) => i % (1 + (ids.Length / 100)) == 0).SelectMany(Neighbourhood).Append(0).Append(long.MaxValue))
        {
            Assert.Equal(model.Contains(id), set.Contains(id));
        }
    }

    private static IEnumerable<long> Neighbourhood(long id) =>
        new[] { id, id == 0 ? 0 : id - 1, id == long.MaxValue ? id : id + 1, id | 0xFFFF, id & ~0xFFFFL };

    private static long Allocated(Func<long> act)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        act();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
