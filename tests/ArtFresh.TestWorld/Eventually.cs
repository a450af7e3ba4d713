using System.Runtime.CompilerServices;

namespace ArtFresh.TestWorld;

/// <summary>Waits for a state that comes by itself, and not for a time: the limit is only there to end a test that fails.</summary>
public static class Eventually
{
    private static readonly TimeSpan Max = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AskDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is yes.</summary>
    /// <param name="ask">Cheap: it is asked twenty times a second.</param>
    /// <param name="seen">What there is instead, for the message of a failure.</param>
    /// <exception cref="TimeoutException">It never was.</exception>
    public static async Task TrueAsync(Func<Task<bool>> ask, Func<string>? seen = null, [CallerArgumentExpression(nameof(ask))] string asked = "")
    {
        ArgumentNullException.ThrowIfNull(ask);
        var started = TimeProvider.System.GetTimestamp();
        while (!await ask())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Max)
            {
                throw new TimeoutException($"Not within {Max}: {asked}\n{seen?.Invoke()}");
            }

            await Task.Delay(AskDelay, TimeProvider.System);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, Func{string}, string)"/>
    public static Task TrueAsync(Func<bool> ask, Func<string>? seen = null, [CallerArgumentExpression(nameof(ask))] string asked = "") =>
        TrueAsync(() => Task.FromResult(ask()), seen, asked);
}
