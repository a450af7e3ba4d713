using System.Runtime.InteropServices;
using ArtFresh.Bench;
using ArtFresh.TestWorld;
using Spectre.Console;

EndedWithProgram.On(PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP);
if (Console.IsOutputRedirected)
{
    // A file has no width, and tables folded to 80 columns cannot be read.
    AnsiConsole.Profile.Width = 200;
}

switch (args)
{
    case ["race", .. var options]:
        await RaceBench.RunAsync(RaceOptions.Parse(options));
        return 0;
    case ["growth", .. var options]:
        await GrowthBench.RunAsync(RaceOptions.Parse(options));
        return 0;
    case ["life"]:
        await LifeBench.RunAsync();
        return 0;
    case ["limits"]:
        await LimitsBench.RunAsync();
        return 0;
    case ["start"]:
        await StartBench.RunAsync();
        return 0;
    case ["history"]:
        await HistoryBench.RunAsync();
        return 0;
    case ["fold"]:
        await FoldBench.RunAsync(1_000);
        return 0;
    case ["fold", "--listeners", var listeners]:
        await FoldBench.RunAsync(int.Parse(listeners));
        return 0;
    case ["join"]:
        await JoinBench.RunAsync();
        return 0;
    case ["foreign"]:
        await ForeignBench.RunAsync();
        return 0;
    case ["cold"]:
        await ColdBench.RunAsync();
        return 0;
    case ["networks"]:
        NetworksBench.Run();
        return 0;
    case ["abuse"]:
        await AbuseBench.RunAsync(seconds: 6, []);
        return 0;
    case ["abuse", "--seconds", var seconds, .. var attacks]:
        await AbuseBench.RunAsync(int.Parse(seconds), attacks);
        return 0;
    case ["minute", .. var options]:
        Figure.Write(await MinuteBench.RunAsync(RaceOptions.Parse(options)));
        return 0;
    case ["tail", .. var options]:
        Figure.Write(await TailBench.RunAsync(RaceOptions.Parse(options)));
        return 0;
    case ["roll", .. var options]:
        Figure.Write(await RollBench.RunAsync(RaceOptions.Parse(options)));
        return 0;
    case ["idle", .. var options]:
        Figure.Write(await IdleBench.RunAsync(RaceOptions.Parse(options)));
        return 0;
    case ["hot", .. var options]:
        Figure.Write(await HotBench.RunAsync(RaceOptions.Parse(options)));
        return 0;
    case ["aims", .. var options]:
        await AimsBench.RunAsync(RaceOptions.Parse(options));
        return 0;
    case ["load", var server, var work, var world, var start, var rate, var seconds]:
        OpenLoad.Run(server, work, world, start, rate, seconds);
        return 0;
    case ["attack", var name, var server, var lasts]:
        await Attacks.RunAsync(name, new Uri(server), int.Parse(lasts));
        return 0;
    case ["pictures"]:
        await PicturesBench.RunAsync(null);
        return 0;
    case ["pictures", "--sheet", var sheet]:
        await PicturesBench.RunAsync(sheet);
        return 0;
    case ["looks"]:
        await LooksBench.RunAsync();
        return 0;
    case ["hanging"]:
        await HangingBench.RunAsync(rounds: 30, seconds: 5);
        return 0;
    case ["hanging", "--rounds", var rounds]:
        await HangingBench.RunAsync(int.Parse(rounds), seconds: 5);
        return 0;
    case ["memory"]:
        await MemoryBench.RunAsync([]);
        return 0;
    case ["memory", "--only", var shown]:
        await MemoryBench.RunAsync([.. shown.Split(',').Select(int.Parse)]);
        return 0;
    case ["memory", "--only", var shown, "--silos", var silos]:
        await MemoryBench.RunAsync([.. shown.Split(',').Select(int.Parse)], int.Parse(silos));
        return 0;
    case ["backfill"]:
        await BackfillBench.RunAsync(2_000_703);
        return 0;
    case ["backfill", "--rows", var rows]:
        await BackfillBench.RunAsync(int.Parse(rows));
        return 0;
    case ["wal"]:
        await WalBench.RunAsync([100_000, 1_000_000], [2_000, 10_000], batchSize: 20);
        return 0;
    case ["wal", var artworks, var rate, var batchSize]:
        await WalBench.RunAsync([int.Parse(artworks)], [int.Parse(rate)], int.Parse(batchSize));
        return 0;
    default:
        await Console.Error.WriteLineAsync("race [--quick] [--json FILE] [--only NAMES] [--works w,w1,r,m,deep,shallow,constant] | growth [--only SERIES] | life | limits | start | history | fold [--listeners N] | join | foreign | cold | networks | abuse [--seconds N [attack …]] | pictures [--sheet FILE] | looks | hanging [--rounds N] | memory [--only 100,10000 [--silos 2]] | backfill [--rows N] | wal [ARTWORKS RATE BATCH] | minute | tail | roll | idle | hot | aims [--quick] [--rounds N] [--server PATH] [--variants …]");
        return 2;
}
