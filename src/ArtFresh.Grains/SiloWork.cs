namespace ArtFresh.Grains;

/// <summary>Work that a silo does beside its grains, from when it takes calls until it stops.</summary>
public abstract class SiloWork : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Creates the work. It begins when the silo takes calls.</summary>
    protected SiloWork() => Stopping = _stopping.Token;

    /// <summary>Cancelled when the silo stops.</summary>
    protected CancellationToken Stopping { get; }

    /// <summary>Runs while the silo takes calls.</summary>
    public virtual void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        GetType().Name,
        ServiceLifecycleStage.Active,
        _ =>
        {
            _running = Task.Run(RunAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async cancellationToken =>
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what <see cref="Stopping"/> is made of.</summary>
    protected virtual void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            _stopping.Dispose();
        }
    }

    /// <summary>The work. It ends by <see cref="Stopping"/>.</summary>
    protected abstract Task RunAsync();

    /// <summary>Does a round at each interval, the first after one.</summary>
    protected async Task RepeatAsync(TimeSpan interval, TimeProvider clock, Func<Task> round, Action<Exception> failed)
    {
        ArgumentNullException.ThrowIfNull(round);
        while (true)
        {
            await Task.Delay(interval, clock, Stopping).ConfigureAwait(false);
            await TryAsync(round, failed).ConfigureAwait(false);
        }
    }

    /// <summary>Does a round, and passes a failure on: the next round goes on where this one stopped. Throws only when the silo stops.</summary>
    protected async Task TryAsync(Func<Task> round, Action<Exception> failed)
    {
        ArgumentNullException.ThrowIfNull(round);
        ArgumentNullException.ThrowIfNull(failed);
        try
        {
            await round().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // What fails once must not end the work.
        catch (Exception failure) when (failure is not OperationCanceledException || !Stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            failed(failure);
        }
    }
}
