namespace ArtFresh.Storage.Sql;

/// <summary>What became of a writer's last commit, for the readiness check: a server on a full disk or a read-only database reads well and is not ready.</summary>
internal sealed class LastWrite(TimeProvider clock)
{
    /// <summary>An older commit proves nothing.</summary>
    private static readonly TimeSpan KeptMax = TimeSpan.FromSeconds(5);

    private volatile Outcome? _last;

    /// <summary>Notes a commit.</summary>
    /// <param name="fault">Why it failed; null if it succeeded.</param>
    public void Note(string? fault) => _last = new Outcome(clock.GetTimestamp(), fault);

    /// <summary>Whether a commit within the last seconds succeeded. Otherwise writes something tiny.</summary>
    /// <param name="write">Writes and commits, or says why it cannot.</param>
    /// <returns>Why nothing can be written; null if something was.</returns>
    public async Task<string?> FindFaultAsync(Func<Task<string?>> write)
    {
        if (_last is { Fault: null } last && clock.GetElapsedTime(last.At) < KeptMax)
        {
            return null;
        }

        var fault = await write().ConfigureAwait(false);
        // A commit that has failed meanwhile is the better witness: it is as large as those to come.
        return fault ?? (_last is { Fault: { } failed } later && clock.GetElapsedTime(later.At) < KeptMax ? failed : null);
    }

    private sealed record Outcome(long At, string? Fault);
}
