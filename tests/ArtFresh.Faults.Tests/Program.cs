using ArtFresh.Faults.Tests;
using Xunit.Runner.InProc.SystemConsole;

return args is ["run", .. var rest] ? await FaultRunCommand.RunAsync(rest) : await ConsoleRunner.Run(args);
