using ArtFresh.Bench;

switch (args)
{
    case ["history"]:
        await HistoryBench.RunAsync();
        return 0;
    case ["memory"]:
        await MemoryBench.RunAsync();
        return 0;
    default:
        await Console.Error.WriteLineAsync("history | memory");
        return 2;
}
