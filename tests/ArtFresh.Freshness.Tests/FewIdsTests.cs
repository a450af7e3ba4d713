using CsCheck;

namespace ArtFresh.Freshness.Tests;

public class FewIdsTests
{
    // A crowded key, some neighbours, and any of the 65,536.
    private static readonly Gen<uint> AnyId = Gen.Frequency((3, Gen.UInt[0, 400]), (3, Gen.UInt[0, 300_000]), (2, Gen.UInt), (1, Gen.UInt[uint.MaxValue - 300, uint.MaxValue]));

    private static readonly Gen<(uint Id, bool Adds)[]> Histories = Gen.Select(AnyId, Gen.Int[0, 3].Select(n => n > 0)).Array[0, FewIds.CountMax];

    [Fact]
    public void AnyHistoryLeavesItEqualToAPlainSet() => Histories.Sample(
        history =>
        {
            var few = new FewIds();
            var model = new SortedSet<long>();
            foreach (var (id, adds) in history)
            {
                Assert.Equal(adds ? model.Add(id) : model.Remove(id), adds ? few.Add(id) : few.Remove(id));
                Assert.Equal(model.Count, few.Count);
                Assert.Equal(adds, few.Contains(id));
            }

            Assert.Equal(model, few.Ids());
            Assert.All(model, id => Assert.True(few.Contains(id)));
            Assert.Equal(model, few.ToMany(isGathering: false).Ids());
            Assert.Equal(model, (FewIds.From(few.ToMany(isGathering: false)) ?? few).Ids());
        },
        iter: 300);

    [Fact]
    public void IdOutsideTheSetIsNotContained()
    {
        var few = new FewIds();
        Assert.False(few.Contains(0));
        Assert.False(few.Remove(0));
        few.Add(7);
        Assert.False(few.Contains((1L << 32) + 7));
        Assert.False(few.Remove((1L << 32) + 7));
        Assert.Equal([7], few.Ids());
    }

    [Fact]
    public void ChangedCopyLeavesTheOriginal()
    {
        var few = new FewIds();
        few.Add(3);
        few.Add(70_000);
        var clone = few.Clone();
        clone.Remove(3);
        clone.Add(4);
        Assert.Equal([3, 70_000], few.Ids());
        Assert.Equal([4, 70_000], clone.Ids());
    }

    [Fact]
    public void EmptiedSetTakesNoMemory()
    {
        var few = new FewIds();
        foreach (var id in (uint[])[5, 100_000, 4_000_000_000])
        {
            few.Add(id);
        }

        Assert.NotEqual(0, few.MemoryBytes);
        Assert.All(few.Ids().ToArray(), id => Assert.True(few.Remove(id)));
        Assert.Equal(0, few.MemoryBytes);
    }

    [Fact]
    public void SmallFormIsUsedOnlyIfItIsSmaller()
    {
        Assert.NotNull(FewIds.From(Many(Enumerable.Range(0, FewIds.CountMax).Select(i => i * 391L))));
        Assert.Null(FewIds.From(Many(Enumerable.Range(0, FewIds.CountMax + 1).Select(i => i * 391L))));
        Assert.Null(FewIds.From(Many(Enumerable.Range(0, 200).Select(i => 5_000L + i))));
        Assert.NotNull(FewIds.From(Many([uint.MaxValue])));
        Assert.Null(FewIds.From(Many([1, 1L << 32])));
    }

    private static ContainerDirectory Many(IEnumerable<long> ids)
    {
        var many = new ContainerDirectory(0);
        Assert.All(ids, id => Assert.True(many.Add(id)));
        return many.Clone();
    }
}
