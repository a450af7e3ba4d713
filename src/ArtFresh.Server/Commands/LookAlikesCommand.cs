using System.CommandLine;
using ArtFresh.Art;
using ArtFresh.Grains.Artworks;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary><c>look-alikes</c>: compares the pictures that were entered without it.</summary>
internal static class LookAlikesCommand
{
    private const int PicturesPerEntry = 64;

    public static Command Create()
    {
        var json = OperatorCommands.JsonOption();
        var command = new Command(
            "look-alikes",
            "Compares all artworks with pictures with those before them, and notes which look alike: for artworks that a release before this one entered, or that two imports entered at once. Servers may run meanwhile. "
            + "Run it again to resume after a stop. Exits with 1 if a picture is missing or damaged.")
        {
            json,
        };
        new LedgerChoice().SetAction(command, async (parsed, ledger, stop) =>
        {
            await ledger.UpgradeAsync(stop);
            var (compared, alike, missing) = (0, 0, new List<long>());
            var looks = new LookAlikes();
            IReadOnlyList<ArtworkPicture> some;
            var last = 0L;
            do
            {
                some = await ledger.Alike.ReadPicturesAsync(last, PicturesPerEntry, stop);
                var prints = await ReadPrintsAsync(ledger, some, stop);
                var entries = new List<ArtworkCompared>();
                foreach (var (picture, print) in some.Zip(prints))
                {
                    last = picture.ArtworkId;
                    if (print is not { } known)
                    {
                        missing.Add(picture.ArtworkId);
                        OperatorConsole.Complain($"artwork {picture.ArtworkId}: its picture is missing or damaged.");
                        continue;
                    }

                    var found = looks.FindNearest(known, LookAlikeFinder.LookAlikesMax);
                    looks.Add(picture.ArtworkId, known.Hash);
                    alike += found.IsEmpty ? 0 : 1;
                    entries.Add(new ArtworkCompared(picture.ArtworkId, unchecked((long)known.Hash), found));
                }

                compared += entries.Count;
                await ledger.Writer.EnterAsync([.. entries], stop);
            }
            while (some.Count == PicturesPerEntry);
            OperatorConsole.WriteResult(
                parsed.GetValue(json), new { Compared = compared, Alike = alike, Missing = missing }, $"{OperatorConsole.Counted(compared, "artwork")} compared. Like an earlier one: {alike}.");
            return missing.Count == 0;
        });
        return command;
    }

    private static async Task<PicturePrint?[]> ReadPrintsAsync(OpenLedger ledger, IReadOnlyList<ArtworkPicture> pictures, CancellationToken stop)
    {
        var prints = new PicturePrint?[pictures.Count];
        await Parallel.ForAsync(0, prints.Length, stop, async (i, cancel) =>
            prints[i] = await ledger.ReadPicture(pictures[i].PictureHash, cancel) is { } bytes ? PicturePrint.Of(bytes) : null);
        return prints;
    }
}
