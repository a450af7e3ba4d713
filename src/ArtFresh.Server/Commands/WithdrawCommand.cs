using System.CommandLine;
using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;

namespace ArtFresh.Server;

/// <summary><c>withdraw</c>: takes artworks down, or puts them back.</summary>
internal static class WithdrawCommand
{
    private static readonly (Option<string?> Option, WithdrawBy By)[] Names =
    [
        (new("--id") { Description = "The artwork with this id." }, WithdrawBy.Id),
        (new("--hash") { Description = "The artwork of an imported file, or of a stored picture, with this SHA-256." }, WithdrawBy.Hash),
        (new("--source") { Description = "All artworks of this source." }, WithdrawBy.Source),
        (new("--author") { Description = "All artworks of this author." }, WithdrawBy.Author),
        (new("--collection") { Description = "All artworks of this collection." }, WithdrawBy.Collection),
        (new("--licence") { Description = "All artworks with this licence." }, WithdrawBy.Licence),
    ];

    private static readonly Option<bool> Undo = new("--undo") { Description = "Puts the artworks back." };
    private static readonly Option<string> Reason = OperatorCommands.ReasonOption();

    public static Command Create()
    {
        var json = OperatorCommands.JsonOption();
        var command = new Command(
            "withdraw",
            "Takes artworks down. Within 10 s no server serves, shows or draws them, open sessions hear of it, and neither their content nor a look-alike is imported or taken from an "
            + "images API again. What listeners were shown stays in their record and export. Servers may run meanwhile.")
        {
            Undo, Reason, json,
        };
        foreach (var (option, _) in Names)
        {
            command.Options.Add(option);
        }

        new LedgerChoice().SetAction(command, async (parsed, ledger, stop) =>
        {
            var wish = WishOf(parsed);
            var reason = parsed.GetValue(Reason)!;
            var result = await new Withdrawer(ledger.Withdrawals, ledger.ReadPicture, TimeProvider.System).WithdrawAsync(wish, OperatorCommands.Actor, reason, stop);
            OperatorConsole.WriteResult(
                parsed.GetValue(json), result, $"{(wish.IsUndone ? "Put back" : "Withdrawn")}: {result.Changed} of {OperatorConsole.Counted(result.Found, "artwork")} found.");
            return result.Found > 0;
        });
        return command;
    }

    private static WithdrawalWish WishOf(ParseResult parsed)
    {
        var named = Names.Where(name => !string.IsNullOrWhiteSpace(parsed.GetValue(name.Option))).ToArray();
        return named is [var (option, by)]
            ? new WithdrawalWish(by, parsed.GetValue(option)!, parsed.GetValue(Undo))
            : throw new SettingException("Name the artworks by one of --id, --hash, --source, --author, --collection and --licence.");
    }
}
