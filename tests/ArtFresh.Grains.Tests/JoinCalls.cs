using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Short forms for tests of joining.</summary>
internal static class JoinCalls
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static Task<JoinOutcome> JoinAsync(this ArtFreshCluster cluster, string guest, string account) => cluster.Grains.GetGrain<IListenerGrain>(account).Join(guest);

    public static object? Count(this ArtFreshCluster cluster, string sql)
    {
        using var connection = cluster.Ledger.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    /// <summary>The number of the silo that a grain is on.</summary>
    public static async Task<int> SiloOfAsync(this ArtFreshCluster cluster, IAddressable grain)
    {
        var address = await cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        return Enumerable.Range(0, cluster.Silos).Single(silo => cluster.ServicesOf(silo).GetRequiredService<ILocalSiloDetails>().SiloAddress.Equals(address));
    }

    /// <summary>Every promise holds, by the whole ledger. What the tallies have not added up yet is nobody's fault.</summary>
    public static async Task VerifyAsync(this ArtFreshCluster cluster)
    {
        var report = new VerifyReport(rowsMax: 5);
        await cluster.Ledger.ReadMomentAsync(
            async moment =>
            {
                await LedgerVerification.RunAsync(moment, report, CancellationToken.None);
                return true;
            },
            CancellationToken.None);
        Assert.True(report.Holds, string.Join('\n', report.All.SelectMany(check => check.Rows).Select(row => row.What)));
    }

    /// <summary>Repeats a call while a silo that it needs is away.</summary>
    public static async Task<T> UntilDoneAsync<T>(Func<Task<T>> call)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (true)
        {
            try
            {
                var answer = await call().WaitAsync(limit.Token);
                if (answer is not (JoinOutcome.Unavailable or TakeFreshResult { Outcome: SessionOutcome.Unavailable }
                    or RecordBatchResult { Outcome: SessionOutcome.Unavailable or SessionOutcome.SessionBusy } or OpenSessionResult { Outcome: SessionOutcome.Unavailable }))
                {
                    return answer;
                }
            }
            catch (Exception fault) when (fault is UnavailableException or OrleansException or TimeoutException)
            {
                // Its silo is gone, and the others do not all know it yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }
}
