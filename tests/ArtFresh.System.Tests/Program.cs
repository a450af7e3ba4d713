using System.Runtime.InteropServices;
using ArtFresh.SystemTests.Delivery;
using ArtFresh.SystemTests.Faults;
using ArtFresh.SystemTests.Faults.Planted;
using ArtFresh.TestWorld;
using Xunit;
using Xunit.Runner.InProc.SystemConsole;
using Xunit.v3;

// Most start servers and wait for them. What has limits on time that a busy machine would break runs by itself, afterwards (MachineToItself).
[assembly: Parallelization(MaxThreads = 4)]
[assembly: TestCollectionOrderer(typeof(FaultRunsFirst))]
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
