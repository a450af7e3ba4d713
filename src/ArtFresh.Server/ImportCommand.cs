namespace ArtFresh.Server;

internal static class ImportCommand
{
    public static Task<int> RunAsync(string[] args) => Task.FromResult(args.Length);
}
