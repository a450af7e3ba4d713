using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Grains.Releases;

namespace ArtFresh.Server;

/// <summary><c>release strike</c>: strikes the claims of a listener or network from the figures, or counts them again.</summary>
internal static class StrikeCommand
{
    private const string LiftedNote = "Listeners erased since they were struck stay so.";

    private static readonly string HashNote =
        "Struck are listeners whose batches came from it. Those who come later today count: to strike them too, name the network by --address. "
        + $"Of {Limits.NetworksMax} other networks about one has the same hash, and is struck with it. Listeners who are erased already keep counting.";

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    private static readonly Option<string?> Listener = new("--listener") { Description = "The listener whose claims are struck." };
    private static readonly Option<string?> Network = new("--network") { Description = $"The network's hash of the day, 1 to {Limits.NetworksMax}: the claims of the listeners whose batches came from it are struck." };
    private static readonly Option<DateOnly?> Day = new("--day") { Description = "The day (UTC) of the network's hash, yyyy-MM-dd; today when left out." };
    private static readonly Option<string?> Address = new("--address") { Description = "An address of today's network, or its /24 (IPv4) or /48 (IPv6). A server is asked, because only servers hold the day's key." };
    private static readonly Option<string> Server = new("--server") { Description = "The server to ask about --address.", DefaultValueFactory = _ => ListenUrls.Default };
    private static readonly Option<string?> Key = OperatorCommands.KeyOption();
    private static readonly Option<bool> Lift = new("--lift") { Description = "Counts the claims again." };
    private static readonly Option<string> Reason = OperatorCommands.ReasonOption();

    public static Command Create()
    {
        var json = OperatorCommands.JsonOption();
        var command = new Command(
            "strike",
            "Strikes the claims of a listener, or of a network's listeners, from the figures. With --address it asks a server; "
            + "the operators' key is --key, or the one in the data directory if the server is on this machine or --data is given.")
        {
            Listener, Network, Day, Address, Server, Key, Lift, Reason, json,
        };
        var ledger = new LedgerChoice();
        ledger.AddTo(command);
        command.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(async () =>
        {
            if (new[] { parsed.GetValue(Listener) is not null, parsed.GetValue(Network) is not null, parsed.GetValue(Address) is not null }.Count(isNamed => isNamed) != 1)
            {
                throw new SettingException($"Name one: a --listener, a --network by its hash from 1 to {Limits.NetworksMax}, or an --address of it.");
            }

            if (parsed.GetValue(Listener) is { Length: > 0 } listener)
            {
                ListenerCommand.RefuseNaming(parsed.GetValue(Reason)!, listener);
            }

            var struck = parsed.GetValue(Address) is { } address ? await AskServerAsync(ledger, parsed, address, stop) : await WriteAsync(ledger, parsed, stop);
            var whose = struck.Network is null ? "" : $" of network {struck.Network} of {struck.Day:yyyy-MM-dd}";
            OperatorConsole.WriteResult(
                parsed.GetValue(json), struck, $"The claims of {OperatorConsole.Counted(struck.Listeners, "listener")}{whose} are {(parsed.GetValue(Lift) ? "counted again" : "struck from the figures")}.{(struck.Note is null ? "" : $"{Environment.NewLine}{struck.Note}")}");
            return true;
        }));
        return command;
    }

    private static async Task<Struck> WriteAsync(LedgerChoice choice, ParseResult parsed, CancellationToken stop)
    {
        var hash = 0;
        if (parsed.GetValue(Network) is { } named && !(int.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out hash) && hash is >= 1 and <= Limits.NetworksMax))
        {
            throw new SettingException($"--network is a hash from 1 to {Limits.NetworksMax}; '{named}' is none. Name an address, or its /24 (IPv4) or /48 (IPv6), with --address.");
        }

        await using var open = choice.Open(parsed);
        var now = TimeProvider.System.GetUtcNow();
        var strike = new ClaimStrike(parsed.GetValue(Listener), hash, parsed.GetValue(Day) ?? DateOnly.FromDateTime(now.UtcDateTime), parsed.GetValue(Lift));
        var listeners = await ReleaseOperations.StrikeAsync(open.Strikes, open.Erasures, strike, OperatorCommands.Actor, parsed.GetValue(Reason)!, now, stop);
        if (listeners == 0 && (hash == 0 || !strike.IsLifted))
        {
            throw new SettingException(NobodyOf(strike));
        }

        return hash == 0 ? new Struck(listeners, null, null, null) : new Struck(listeners, hash, strike.Day, strike.IsLifted ? LiftedNote : HashNote);
    }

    private static async Task<Struck> AskServerAsync(LedgerChoice choice, ParseResult parsed, string address, CancellationToken stop)
    {
        if (parsed.GetValue(Day) is not null)
        {
            throw new SettingException("--address is of today's network: servers forget a day's key when it is over. Name an earlier day's network by its hash, which the audit shows.");
        }

        var server = OperatorCommands.AddressOf(parsed.GetValue(Server)!);
        using var http = new HttpClient { BaseAddress = server, Timeout = AnswerMax };
        if (OperatorCommands.KeyOf(parsed.GetValue(Key), choice.DirectoryFor(parsed, server)) is { } key)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        try
        {
            using var answer = await http.PostAsJsonAsync("/api/ops/strikes", new { network = address, lift = parsed.GetValue(Lift), reason = parsed.GetValue(Reason) }, stop);
            return answer.IsSuccessStatusCode
                ? (await answer.Content.ReadFromJsonAsync<Struck>(stop))!
                : throw new SettingException($"{server} answers {(int)answer.StatusCode}: {DetailOf(await answer.Content.ReadAsStringAsync(stop))}");
        }
        catch (Exception silent) when (silent is HttpRequestException or JsonException || (silent is TaskCanceledException && !stop.IsCancellationRequested))
        {
            throw new SettingException($"{server} gives no answer of a server of this release ({silent.Message}). Name it with --server.");
        }
    }

    /// <summary>What a refusal says; the status alone where something else than the server answers.</summary>
    private static string DetailOf(string refusal)
    {
        try
        {
            return JsonDocument.Parse(refusal).RootElement.GetProperty("detail").GetString()!;
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "it is no server of this release. Name one with --server.";
        }
    }

    private static string NobodyOf(ClaimStrike strike) => (strike.ListenerId, strike.IsLifted) switch
    {
        (_, true) => "Nothing is changed: this listener is not struck. The audit shows the strikes that were made.",
        (null, false) => $"Nobody is struck: no batch of {strike.Day:yyyy-MM-dd} that is still held came from network {strike.Network}. For listeners who come later today, name the network by --address.",
        ({ } listener, false) =>
            $"Nobody is struck: listener {listener} has no session. Nobody of this id has opened one, or they are erased: what they claimed before is in the sums, and nothing tells it apart.",
    };

    private sealed record Struck(int Listeners, int? Network, DateOnly? Day, string? Note);
}
