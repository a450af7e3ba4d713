using ArtFresh.Bench.Peers;
using ArtFresh.Ledger;
using ArtFresh.Server;

// --peer says which server this is, --store where its data are.
string Setting(string name) => args[Array.IndexOf(args, name) + 1];

switch (Setting("--peer"))
{
    case "npgsql":
        await NpgsqlPeer.RunAsync(args, Setting("--store"));
        return 0;
    case "redis":
        await RedisPeer.RunAsync(args, Setting("--store"));
        return 0;
    case "limit":
        await LimitPeer.RunAsync(args);
        return 0;
    case "memory":
        return await ServerProgram.RunAsync(args, services => services.AddSingleton<ILedger, MemoryLedger>());
    default:
        await Console.Error.WriteLineAsync("--peer npgsql | redis | limit | memory");
        return 2;
}
