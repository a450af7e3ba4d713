using System.CommandLine;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>What proves an erasure, as commands print it.</summary>
internal sealed record ShownErasure(string Proof, DateTimeOffset AskedAt, DateTimeOffset? DoneAt, long Rows)
{
    public static ShownErasure Of(ErasureProof erasure) => new(Convert.ToHexStringLower(erasure.Proof), erasure.AskedAt, erasure.DoneAt, erasure.Rows);

    public ErasureProof ToProof() => new(Convert.FromHexString(Proof), AskedAt, DoneAt, Rows);
}

/// <summary><c>listener erase</c>: has a listener erased by the servers, which alone can end what they remember, and waits for it.</summary>
internal static class ListenerErasure
{
    private const int SecondsMax = 86_400;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var (listener, subject, reason, json) = (ListenerCommand.IdArgument(), ListenerCommand.SubjectOption(), ListenerCommand.ReasonOption(), OperatorCommands.JsonOption());
        var seconds = new Option<int>("--timeout") { Description = "Seconds to wait for the servers.", DefaultValueFactory = _ => 60 }.Between(0, SecondsMax);
        var erase = new Command(
            "erase",
            "Has a listener erased, and guests who have joined it, and prints the proof. From then on the listener is refused. A server that runs on the ledger does it, or the next one to start. "
            + "Exits with 1 if none has done it in time, or if nothing is held.")
        {
            listener, subject, reason, seconds, json,
        };
        new LedgerChoice().SetAction(erase, async (parsed, open, stop) =>
        {
            var ids = await ListenerCommand.BeginAsync(open, "erase-listener", parsed.GetValue(listener)!, parsed.GetValue(subject), parsed.GetValue(reason)!, stop);
            var (rows, proofs, isKnown) = (0L, new List<byte[]>(), false);
            foreach (var id in ids)
            {
                rows += (await open.Records.CountAsync(id, stop)).Rows;
                proofs.Add(await open.Erasures.ProofOfAsync(id, stop));
                isKnown |= await open.Erasures.FindAsync(proofs[^1], stop) is not null;
            }

            var name = ErasureProof.NameOf(proofs[0]);
            if (rows == 0 && !isKnown)
            {
                // Asked for a mistyped id, an erasure would refuse that listener for good.
                OperatorConsole.Complain($"Note: unknown listener {name}. Nothing is held of this listener. Name an account by its id, which begins with 'sub-', or by its subject with --subject.");
                return false;
            }

            OperatorConsole.Complain($"Note: known listener {name}, as the audit calls it. {(rows == 0 ? "An erasure was asked for before" : OperatorConsole.Counted(rows, "row") + " held")}.");
            await open.Erasures.AskAsync(ids[0], TimeProvider.System.GetUtcNow(), stop);
            var erasures = await WaitAsync(open, proofs, rows, TimeSpan.FromSeconds(parsed.GetValue(seconds)), stop);
            Show(erasures, parsed.GetValue(json));
            return erasures.All(erasure => erasure.DoneAt is not null);
        });
        return erase;
    }

    private static Task<IReadOnlyList<ErasureProof>> WaitAsync(OpenLedger open, List<byte[]> proofs, long rows, TimeSpan limit, CancellationToken stop)
    {
        var done = 0L;
        return OperatorConsole.ShowAsync("Erasing", () => (done, rows), async () =>
        {
            for (var started = TimeProvider.System.GetTimestamp(); ;)
            {
                var erasures = new List<ErasureProof>();
                foreach (var proof in proofs)
                {
                    erasures.Add((await open.Erasures.FindAsync(proof, stop))!);
                }

                done = erasures.Sum(erasure => erasure.Rows);
                if (erasures.TrueForAll(erasure => erasure.DoneAt is not null) || TimeProvider.System.GetElapsedTime(started) >= limit)
                {
                    return (IReadOnlyList<ErasureProof>)erasures;
                }

                await Task.Delay(Pause, TimeProvider.System, stop);
            }
        });
    }

    private static void Show(IReadOnlyList<ErasureProof> erasures, bool isJson)
    {
        if (isJson)
        {
            OperatorConsole.WriteJson(erasures.Select(ShownErasure.Of));
            return;
        }

        foreach (var erasure in erasures)
        {
            var proof = Convert.ToHexStringLower(erasure.Proof);
            OperatorConsole.Say(erasure.DoneAt is { } at
                ? $"Erased at {OperatorCommands.TimeOf(at)}: {OperatorConsole.Counted(erasure.Rows, "row")}. Proof {proof}."
                : $"Asked for, and not done: no server that runs on this ledger has finished it. The next one does. Proof {proof}.");
        }
    }
}
