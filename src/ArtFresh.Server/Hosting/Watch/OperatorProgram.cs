using System.ComponentModel;
using System.Diagnostics;
using ArtFresh.Grains.Releases;

namespace ArtFresh.Server;

/// <summary>Runs the operator's program, without a shell, and kills it after the time limit.</summary>
internal sealed class OperatorProgram(IReadOnlyList<string> command, TimeSpan limit, TimeProvider clock) : IReleaseCommand
{
    public async Task<string> RunAsync(ReleaseNews news, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false };
        start.Environment["ARTFRESH_RELEASE"] = news.Release;
        start.Environment["ARTFRESH_EVIDENCE"] = news.Evidence;
        try
        {
            using var process = Process.Start(start)!;
            using var ending = new CancellationTokenSource(limit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, cancellationToken);
            try
            {
                await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
                return $"{command[0]} exited with {process.ExitCode}";
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return $"{command[0]} was killed after {limit.TotalSeconds} s";
            }
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
        {
            return $"{command[0]} could not start: {failure.Message}";
        }
    }
}
