using System.Runtime.InteropServices;
using ArtFresh.SystemTests.Delivery;
using ArtFresh.SystemTests.Faults;
using ArtFresh.SystemTests.Faults.Planted;
using ArtFresh.TestWorld;
using Xunit;
using Xunit.Runner.InProc.SystemConsole;
using Xunit.v3;

// Two at a time: most start a server and wait for it. Clusters and browsers under load take a small machine's processors, and run by themselves (MachineToItself, FaultRuns).
[assembly: Parallelization(MaxThreads = 2)]
[assembly: AssemblyFixture(typeof(SharedServers))]

if (args is ["run" or "table", ..])
{
    EndedWithProgram.On(PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP);
}

return args switch
{
    ["run", .. var rest] => await FaultRunCommand.RunAsync(rest),
    ["table", .. var rest] => await DeliveryTable.PrintAsync(rest),
    _ when Array.IndexOf(args, PlantedServer.Option) is var option and >= 0 => await PlantedServer.RunAsync([.. args[..option], .. args[(option + 2)..]], args[option + 1]),
    _ => await TestAsync(args),
};

static Task<int> TestAsync(string[] args)
{
    TestEnvironment.Prepare();
    CapturedConsole.Install();
    // Ctrl-C is the runner's, which reports what was done by then.
    EndedWithProgram.On(PosixSignal.SIGTERM, PosixSignal.SIGHUP);
    return ConsoleRunner.Run(args);
}
