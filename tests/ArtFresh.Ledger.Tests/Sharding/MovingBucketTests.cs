using Xunit;

namespace ArtFresh.Ledger.Tests;

/// <summary>The steps of <c>docs/decisions/sharding.md</c>, in any order of any number of servers and movers, all of which may die.</summary>
public class MovingBucketTests
{
    private const int Shards = 3;
    private const int Servers = 3;
    private const int Steps = 400;

    [Fact]
    public void NothingIsServedTwiceOrLostHoweverABucketMoves()
    {
        var moves = 0;
        for (var seed = 0; seed < 3_000; seed++)
        {
            var run = new Run(seed, ShardFault.None);
            Assert.Null(run.FindFault());
            moves += run.Moves;
        }

        Assert.True(moves > 3_000, $"only {moves} moves reached their end");
    }

    [Theory]
    [InlineData(ShardFault.NeverClosed), InlineData(ShardFault.NotCompared), InlineData(ShardFault.NotRefused)]
    public void SimulationFindsAProtocolThatLacksAStep(ShardFault fault) =>
        Assert.Contains(Enumerable.Range(0, 3_000), seed => new Run(seed, fault).FindFault() is not null);

    /// <summary>One schedule.</summary>
    private sealed class Run(int seed, ShardFault fault)
    {
        private readonly Random _random = new(seed);
        private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard())];
        private readonly ShardDirectory _directory = new();

        /// <summary>The owner that each server has read.</summary>
        private readonly int[] _known = new int[Servers];
        private readonly HashSet<long> _served = [];
        private readonly HashSet<long> _acknowledged = [];

        public int Moves { get; private set; }

        /// <summary>The first promise that the schedule breaks; null for none.</summary>
        public string? FindFault()
        {
            _shards[0].Own(1);
            var movers = new[] { NewMover(), NewMover() };
            for (var step = 0; step < Steps; step++)
            {
                if (Act(movers) is { } broken)
                {
                    return broken;
                }

                if (_shards.Count(shard => shard.State == BucketState.Owned) > 1)
                {
                    return "two shards own the bucket";
                }
            }

            return _shards.SingleOrDefault(shard => shard.State == BucketState.Owned) is { } owner && !_acknowledged.IsSubsetOf(owner.Log) ? "an acknowledged row is lost" : null;
        }

        private string? Act(Mover[] movers)
        {
            var mover = _random.Next(movers.Length);
            switch (_random.Next(10))
            {
                case 0:
                    _directory.Begin(_random.Next(Shards));
                    return null;
                case 1:
                    movers[mover] = NewMover();
                    return null;
                case < 6:
                    var before = _directory.Owner;
                    movers[mover].Step();
                    Moves += _directory.Owner != before ? 1 : 0;
                    return null;
                default:
                    return Serve(_random.Next(Servers));
            }
        }

        /// <summary>A server asks the shard that it knows of, and reads the directory again where that refuses.</summary>
        private string? Serve(int server)
        {
            if (_shards[_known[server]].Serve() is not { } artwork)
            {
                _known[server] = _directory.Owner;
                return null;
            }

            if (_random.Next(4) > 0)
            {
                _acknowledged.Add(artwork);
            }

            return _served.Add(artwork) ? null : $"artwork {artwork} is served twice";
        }

        private Mover NewMover() => new(_directory, _shards, fault, givesUp: _random.Next(4) == 0);
    }
}
