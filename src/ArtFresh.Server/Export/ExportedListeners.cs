using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>Names listeners in what leaves the ledger.</summary>
internal sealed class ExportedListeners(IErasures erasures, ListenerNaming naming)
{
    private const int KeptMax = 100_000;

    private readonly Dictionary<string, string> _hashes = [];

    /// <summary>A listener's name; null for none.</summary>
    public async ValueTask<string?> OfAsync(string listenerId, CancellationToken cancellationToken)
    {
        if (naming != ListenerNaming.Hash)
        {
            return naming == ListenerNaming.Id ? listenerId : null;
        }

        if (_hashes.TryGetValue(listenerId, out var known))
        {
            return known;
        }

        if (_hashes.Count == KeptMax)
        {
            _hashes.Clear();
        }

        return _hashes[listenerId] = Convert.ToHexStringLower(await erasures.ProofOfAsync(listenerId, cancellationToken));
    }
}
