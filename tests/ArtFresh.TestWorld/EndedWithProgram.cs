using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace ArtFresh.TestWorld;

/// <summary>A process that this program has started. It ends with the program, even if that is stopped halfway.</summary>
public static class EndedWithProgram
{
    private static readonly ConcurrentDictionary<IDisposable, Action> AllStarted = [];
    private static readonly List<PosixSignalRegistration> Signals = [];

    static EndedWithProgram() => AppDomain.CurrentDomain.ProcessExit += (_, _) => EndAll();

    /// <summary>Ends all that is there still. Tests do so when the last is over: a program that takes seconds to exit looks to xUnit as if threads kept it.</summary>
    public static void EndAll()
    {
        foreach (var started in AllStarted.Keys)
        {
            if (!AllStarted.TryRemove(started, out var end))
            {
                continue;
            }

            try
            {
                end();
            }
#pragma warning disable CA1031 // Whatever keeps one from ending, the others end.
            catch (Exception)
#pragma warning restore CA1031
            {
                // It has ended by itself, or is ending.
            }
        }
    }

    /// <summary>Keeps what ends something, until it is disposed of as it should be.</summary>
    /// <returns>Forgets it.</returns>
    public static IDisposable Add(Action end)
    {
        var started = new Started();
        AllStarted[started] = end;
        return started;
    }

    /// <summary>These signals end the program by way of its end, and all that it has started with it.</summary>
    public static void On(params PosixSignal[] signals)
    {
        foreach (var signal in signals)
        {
            Signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Environment.Exit(130);
            }));
        }
    }

    private sealed class Started : IDisposable
    {
        public void Dispose() => AllStarted.TryRemove(this, out _);
    }
}
