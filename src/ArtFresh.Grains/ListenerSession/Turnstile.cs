namespace ArtFresh.Grains.ListenerSession;

/// <summary>A first-in, first-out lock for one grain's turns. Not thread-safe; takes no memory while nobody waits.</summary>
internal struct Turnstile
{
    // Never modified. Marks a turn that is taken while nobody waits, so that only a grain with waiting callers allocates a queue.
    private static readonly Queue<TaskCompletionSource> Nobody = [];

    private Queue<TaskCompletionSource>? _waiting;

    /// <summary>Completes when it is the caller's turn. The caller must call <see cref="Release"/>.</summary>
    public Task WaitAsync()
    {
        if (_waiting is null)
        {
            _waiting = Nobody;
            return Task.CompletedTask;
        }

        if (_waiting == Nobody)
        {
            _waiting = [];
        }

        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(turn);
        return turn.Task;
    }

    /// <summary>Gives the turn to the caller that has waited longest.</summary>
    public void Release()
    {
        if (_waiting is not { Count: > 0 })
        {
            _waiting = null;
            return;
        }

        _waiting.Dequeue().SetResult();
    }
}
