namespace ArtFresh.Grains.ListenerSession;

/// <summary>Lets through one at a time, in order of arrival. Within one grain's turns only: it takes no lock, and no memory while nobody waits.</summary>
internal struct Turnstile
{
    private bool _isTaken;
    private Queue<TaskCompletionSource>? _waiting;

    /// <summary>Completes when it is the caller's turn, who then owes a <see cref="Release"/>.</summary>
    public Task WaitAsync()
    {
        if (!_isTaken)
        {
            _isTaken = true;
            return Task.CompletedTask;
        }

        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_waiting ??= []).Enqueue(turn);
        return turn.Task;
    }

    /// <summary>Hands over to who has waited longest.</summary>
    public void Release()
    {
        if (_waiting is null)
        {
            _isTaken = false;
            return;
        }

        var next = _waiting.Dequeue();
        if (_waiting.Count == 0)
        {
            _waiting = null;
        }

        next.SetResult();
    }
}
