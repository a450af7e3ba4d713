using CsCheck;

namespace ArtFresh.Freshness.Tests;

public enum SetAction
{
    Add,
    Remove,
    AddRange,
    AddStrided,
    RemoveStrided,
    UnionWithSet,
    UnionWithSpan,
    ExceptWithSpan,
    ContainsAll,
    Clone,
    Gather,
    RoundTrip,
}

/// <summary>One step of a random history of a set: an action on the ids first, first + step, … (count of them).</summary>
public sealed record SetOperation(SetAction Action, long First, int Count, int Step)
{
    // Neighbourhoods that make every kind of container: the first ids, a border of two containers, one crowded container, the last ids of all.
    private static readonly Gen<long> Id = Gen.Frequency(
        (3, Gen.Long[0, 300]),
        (3, Gen.Long[65_536 - 60, 65_536 + 60]),
        (4, Gen.Long[131_072, 196_607]),
        (1, Gen.Long[0, 1L << 40]),
        (2, Gen.Long[long.MaxValue - 70_000, long.MaxValue]));

    private static readonly Gen<int> AnyCount = Gen.Frequency((5, Gen.Int[1, 60]), (3, Gen.Int[1, 6000]), (1, Gen.Int[60_000, 140_000]));

    public static Gen<SetOperation[]> Histories { get; } =
        Gen.Select(Gen.Enum<SetAction>(), Id, AnyCount, Gen.Int[2, 13], (action, first, count, step) => new SetOperation(action, first, count, step)).Array[1, 24];

    private IEnumerable<long> Strided
    {
        get
        {
            for (long i = 0, id = First; i < Math.Min(Count, 6000) && id >= 0; i++, id = unchecked(id + Step))
            {
                yield return id;
            }
        }
    }

    /// <summary>Applies the step to both, and answers the set that takes the place of the first; their answers must agree.</summary>
    public ArtworkSet Apply(ArtworkSet set, HashSet<long> model)
    {
        switch (Action)
        {
            case SetAction.Add:
                Assert.Equal(model.Add(First), set.Add(First));
                break;
            case SetAction.Remove:
                Assert.Equal(model.Remove(First), set.Remove(First));
                break;
            case SetAction.AddRange:
                var length = Math.Min(Count, long.MaxValue - First);
                Assert.Equal(Range(First, length).Count(model.Add), set.AddRange(First, length));
                break;
            case SetAction.AddStrided:
                Assert.All(Strided, id => Assert.Equal(model.Add(id), set.Add(id)));
                break;
            case SetAction.RemoveStrided:
                Assert.All(Strided, id => Assert.Equal(model.Remove(id), set.Remove(id)));
                break;
            case SetAction.UnionWithSet:
                UnionWithSet(set, model);
                break;
            case SetAction.UnionWithSpan:
                set.UnionWith([.. Strided.Reverse()]);
                model.UnionWith(Strided);
                break;
            case SetAction.ExceptWithSpan:
                set.ExceptWith([.. Strided.Reverse()]);
                model.ExceptWith(Strided);
                break;
            case SetAction.ContainsAll:
                AskForAll(set, model);
                break;
            case SetAction.Clone:
                var clone = set.Clone();
                Assert.Equal(set.Add(First), clone.Add(First));
                set.Remove(First);
                model.Add(First);
                return clone;
            case SetAction.Gather:
                return ArtworkSet.Gathering(set);
            case SetAction.RoundTrip:
                return ArtworkSet.FromBytes(set.ToBytes());
            default:
                throw new InvalidOperationException($"{Action} is not known.");
        }

        return set;
    }

    private void UnionWithSet(ArtworkSet set, HashSet<long> model)
    {
        var other = new ArtworkSet();
        other.UnionWith([.. Strided]);
        set.UnionWith(other);
        model.UnionWith(other);
        Assert.Equal(Strided, other);
    }

    private void AskForAll(ArtworkSet set, HashSet<long> model)
    {
        long[] ids = [.. Strided.Reverse()];
        Assert.Equal(model.IsSupersetOf(ids), set.ContainsAll(ids));
        ids = [.. ids.Where(model.Contains)];
        Assert.True(set.ContainsAll(ids));
        Assert.Equal(model.Contains(First), set.ContainsAll([.. ids, First]));
    }

    private static IEnumerable<long> Range(long first, long count)
    {
        for (var i = 0L; i < count; i++)
        {
            yield return first + i;
        }
    }
}
