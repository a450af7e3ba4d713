namespace ArtFresh.Grains.Operations;

/// <summary>What a ledger needs done now and then, whoever of the cluster does it.</summary>
public interface ILedgerUpkeep
{
    /// <summary>Makes room for the months to come. Doing it again changes nothing.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);
}
