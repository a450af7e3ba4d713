namespace ArtFresh.Grains.ListenerSession;

/// <summary>Lets through one at a time, in order of arrival. Within one grain's turns only: it takes no lock, and no memory while nobody waits.</summary>
internal struct Turnstile
{
    // Never changed: it stands for a turn that is taken while nobody waits, so that an idle grain keeps one reference and no more.
    private static readonly Queue<TaskCompletionSource> s_nobody = [];

    private Queue<TaskCompletionSource>? _waiting;

    /// <summary>Completes when it is the caller's turn, who then owes a <see cref="Release"/>.</summary>
    public Task WaitAsync()
    {
        if (_waiting is null)
        {
            _waiting = s_nobody;
            return Task.CompletedTask;
        }

        if (_waiting == s_nobody)
        {
            _waiting = [];
        }

        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(turn);
        return turn.Task;
    }

    /// <summary>Hands over to who has waited longest.</summary>
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
