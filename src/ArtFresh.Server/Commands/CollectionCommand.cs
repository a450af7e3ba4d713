using System.CommandLine;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary><c>collection</c>: says when a collection of imported artworks is served and whether what is imported into it waits, or lists all.</summary>
internal static class CollectionCommand
{
    private static readonly Argument<string?> Name = new("name") { Description = "The collection; without it all that have a time or were named by an import are listed.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<DateTimeOffset?> From = new("--from") { Description = "Serves it from this time on, such as 2026-12-01T00:00Z; at once when left out." };
    private static readonly Option<DateTimeOffset?> Until = new("--until") { Description = "Serves it until this time; for good when left out." };

    private static readonly Option<bool> Held = new("--held") { Description = "What is imported into it from now on waits until an operator has looked at it." };
    private static readonly Option<bool> Open = new("--open") { Description = "What is imported into it from now on does not wait. What waits already still does." };

    public static Command Create()
    {
        var json = OperatorCommands.JsonOption();
        var command = new Command(
            "collection",
            "Says from when until when a collection of imported artworks is served, or whether what is imported into it waits until an operator has looked at it; or lists collections. Servers may run meanwhile, and follow within a second. "
            + "What listeners were shown stays in their record.")
        {
            Name, From, Until, Held, Open, json,
        };
        new LedgerChoice().SetAction(command, async (parsed, ledger, stop) =>
        {
            if (parsed.GetValue(Name) is { } name)
            {
                await SetAsync(ledger.Collections, name, parsed, stop);
            }

            var collections = (await ledger.Collections.ReadShelvesAsync(stop)).Where(shelf => shelf.Collection is not null).ToArray();
            OperatorConsole.WriteResult(
                parsed.GetValue(json),
                new { Collections = collections.Select(shelf => new { Name = shelf.Collection, shelf.From, shelf.Until, Held = shelf.IsHeld }) },
                collections.Length == 0 ? "No collection has a time of its own." : string.Join(Environment.NewLine, collections.Select(LineOf)));
            return true;
        });
        return command;
    }

    /// <summary>Gives a collection a shelf of its own, if it has none. Call it before its first artwork is entered, so that all stand there.</summary>
    /// <param name="name">Null for no collection.</param>
    /// <exception cref="SettingException">The name is too long, or there are too many collections.</exception>
    public static async Task AddAsync(ICollections collections, string? name, CancellationToken stop)
    {
        if (name is not null && !await IsKnownAsync(collections, name, stop))
        {
            await collections.AddShelfAsync(name, ActOf(name, CollectionShelf.Imported), stop);
        }
    }

    private static async Task SetAsync(ICollections collections, string name, ParseResult parsed, CancellationToken stop)
    {
        var (from, until, isHeld, isOpen) = (parsed.GetValue(From), parsed.GetValue(Until), parsed.GetValue(Held), parsed.GetValue(Open));
        if (isHeld || isOpen)
        {
            if (isHeld == isOpen || from is not null || until is not null)
            {
                throw new SettingException("Say one of --held, --open, and a time by --from and --until.");
            }

            await IsKnownAsync(collections, name, stop);
            await collections.SetHeldAsync(name, isHeld, ActOf(name, isHeld ? CollectionShelf.Held : CollectionShelf.Open), stop);
            return;
        }

        if (from >= until)
        {
            throw new SettingException($"--from {from:u} is not before --until {until:u}.");
        }

        if (!await IsKnownAsync(collections, name, stop) && from is null && until is null)
        {
            throw new SettingException(
                $"There is no collection '{name}': no import has named it. 'collection' lists those there are. To decide about it before its first import, say --from, --until, --held or --open.");
        }

        await collections.SetWindowAsync(name, from, until, ActOf(name, new CollectionShelf(0, name, from, until).Window), stop);
    }

    private static async Task<bool> IsKnownAsync(ICollections collections, string name, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > Limits.CollectionLengthMax)
        {
            throw new SettingException($"A collection's name has 1 to {Limits.CollectionLengthMax} characters.");
        }

        var known = (await collections.ReadShelvesAsync(stop)).Where(shelf => shelf.Collection is not null).Select(shelf => shelf.Collection).ToArray();
        return known.Contains(name)
            || (known.Length >= Limits.CollectionShelvesMax ? throw new SettingException($"There are {known.Length} collections already, and no more may have a time of their own.") : false);
    }

    private static OperatorAct ActOf(string name, string what) =>
        new(TimeProvider.System.GetUtcNow(), OperatorCommands.Actor, "collection", null, $"{name}: {what}");

    private static string LineOf(CollectionShelf shelf) => $"{shelf.Collection}: {shelf.Window}{(shelf.IsOpenAt(TimeProvider.System.GetUtcNow()) ? "" : " (not served at present)")}{(shelf.IsHeld ? "; imports wait until they are looked at" : "")}";
}
