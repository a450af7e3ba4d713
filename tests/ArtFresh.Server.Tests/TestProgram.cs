using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ArtFresh.TestWorld;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedServers))]

namespace ArtFresh.Server.Tests;

/// <summary>What holds before the runner's first line.</summary>
internal static class TestProgram
{
    [ModuleInitializer]
    internal static void Start()
    {
        TestEnvironment.Prepare();
        CapturedConsole.Install();
        // Ctrl-C is the runner's, which reports what was done by then.
        EndedWithProgram.On(PosixSignal.SIGTERM, PosixSignal.SIGHUP);
    }
}
