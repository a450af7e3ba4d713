using System.CommandLine;
using System.Globalization;
using ArtFresh.Grains.Artworks;
using ArtFresh.Ledger;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>held</c>: lists the pictures that wait until an operator has looked at them, and approves or refuses them.</summary>
internal static class HeldCommand
{
    private const int PicturesPerRead = 256;

    public static Command Create() => new("held", "Lists the pictures that wait until an operator has looked at them, and approves or refuses them; /ops shows them. Servers may run meanwhile.")
    {
        CreateList(),
        CreateDecision("approve", "Enters pictures that wait, or that were refused, as new artworks.", isApproved: true),
        CreateDecision("refuse", "Refuses pictures: neither they nor their look-alikes are imported or taken from an images API.", isApproved: false),
    };

    private static Command CreateList()
    {
        var refused = new Option<bool>("--refused") { Description = "Lists those that were refused." };
        var limit = OperatorCommands.LimitOption("The most pictures to list.", 100);
        var json = OperatorCommands.JsonOption();
        var list = new Command("list", "Lists them in the order in which they came.") { refused, limit, json };
        new LedgerChoice().SetAction(list, async (parsed, ledger, stop) =>
        {
            var pictures = await ledger.Held.ReadAsync(parsed.GetValue(refused) ? HeldState.Refused : HeldState.Waiting, 0, parsed.GetValue(limit), stop);
            if (parsed.GetValue(json))
            {
                OperatorConsole.WriteJson(new
                {
                    Pictures = pictures.Select(picture => new
                    {
                        Id = picture.HeldId,
                        picture.HeldAt,
                        picture.Artwork.Generator,
                        picture.Artwork.Title,
                        picture.Artwork.Author,
                        picture.Artwork.Source,
                        picture.Artwork.Credit?.Licence,
                        picture.Artwork.Credit?.Collection,
                        picture.Artwork.PictureHash,
                    }),
                });
                return true;
            }

            var table = OperatorConsole.NewTable("id", "since", "from", "title", "author", "collection");
            foreach (var picture in pictures)
            {
                var artwork = picture.Artwork;
                string?[] cells = [picture.HeldId.ToString(CultureInfo.InvariantCulture), $"{picture.HeldAt:yyyy-MM-dd HH:mm}", artwork.Generator, artwork.Title, artwork.Author, artwork.Credit?.Collection];
                table.AddRow([.. cells.Select(cell => Markup.Escape(cell ?? "-"))]);
            }

            OperatorConsole.Out.Write(table);
            return true;
        });
        return list;
    }

    private static Command CreateDecision(string name, string description, bool isApproved)
    {
        var ids = new Argument<long[]>("ids") { Description = "Their numbers, from 'held list'.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "All that wait." };
        var reason = OperatorCommands.ReasonOption();
        var json = OperatorCommands.JsonOption();
        var command = new Command(name, $"{description} Exits with 1 if one of them does not wait.") { ids, all, reason, json };
        new LedgerChoice().SetAction(command, async (parsed, ledger, stop) =>
        {
            var named = parsed.GetValue(ids)!;
            if (parsed.GetValue(all) != (named.Length == 0))
            {
                throw new SettingException("Name the pictures by their numbers, or all that wait by --all.");
            }

            using var looks = new LookAlikeFinder(ledger.Alike);
            var desk = new HeldPictureDesk(ledger.Held, ledger.Writer, looks, ledger.ReadPicture, TimeProvider.System);
            var passedOver = new List<long>();
            var done = 0;
            await foreach (var id in named.Length > 0 ? named.ToAsyncEnumerable() : WaitingAsync(ledger.Held, stop))
            {
                if (await desk.DecideAsync(id, isApproved, OperatorCommands.Actor, parsed.GetValue(reason)!, stop))
                {
                    done++;
                }
                else
                {
                    passedOver.Add(id);
                    OperatorConsole.Complain($"held picture {id}: There is none, or it was decided on before.");
                }
            }

            OperatorConsole.WriteResult(parsed.GetValue(json), new { Decided = done, PassedOver = passedOver }, $"{(isApproved ? "Entered as an artwork" : "Refused")}: {OperatorConsole.Counted(done, "picture")}.");
            return passedOver.Count == 0;
        });
        return command;
    }

    private static async IAsyncEnumerable<long> WaitingAsync(IHeldPictures held, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var last = 0L;
        while (await held.ReadAsync(HeldState.Waiting, last, PicturesPerRead, stop) is { Count: > 0 } some)
        {
            foreach (var picture in some)
            {
                last = picture.HeldId;
                yield return last;
            }
        }
    }
}
