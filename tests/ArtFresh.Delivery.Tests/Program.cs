using ArtFresh.Delivery.Tests;
using Xunit.Runner.InProc.SystemConsole;

return args is ["table", .. var rest] ? await DeliveryTable.PrintAsync(rest) : await ConsoleRunner.Run(args);
