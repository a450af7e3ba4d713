using System.CommandLine;
using System.Text.Json;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary><c>erasures</c>: keeps the proofs of erasures outside the ledger, and erases again what a restored copy brings back.</summary>
internal static class ErasuresCommand
{
    public static Command Create() => new("erasures", "Keeps the proofs of erasures in a file, and erases again what a restored copy has brought back.") { CreateExport(), CreateApply() };

    private static Command CreateExport()
    {
        var file = new Argument<string>("file") { Description = "The file to write, in place of an earlier export. It has the key of the hashes: keep it as you keep copies, and apart from them." };
        var json = OperatorCommands.JsonOption();
        var export = new Command("export", "Writes the proofs of all erasures to a file: the keyed hash of each id, the times, the number of rows.") { file, json };
        new LedgerChoice().SetAction(export, async (parsed, open, stop) =>
        {
            var path = Path.GetFullPath(parsed.GetValue(file)!);
            RefuseOther(path);
            var (key, proofs) = await open.Erasures.ExportAsync(stop);
            PrivateFiles.Replace(path, JsonSerializer.Serialize(new ProofFile(Convert.ToHexStringLower(key), [.. proofs.Select(ShownErasure.Of)]), JsonSerializerOptions.Web));
            OperatorConsole.WriteResult(parsed.GetValue(json), new { Erasures = proofs.Count }, $"{OperatorConsole.Counted(proofs.Count, "erasure")} written to {path}.");
            return true;
        });
        return export;
    }

    private static Command CreateApply()
    {
        var file = new Argument<string>("file") { Description = "A file of 'erasures export'." };
        var json = OperatorCommands.JsonOption();
        var apply = new Command("apply", "After a restore and before servers start: has every listener of the file erased again, and refused. The servers do it when they start.") { file, json };
        new LedgerChoice().SetAction(apply, async (parsed, open, stop) =>
        {
            var (key, proofs) = Read(parsed.GetValue(file)!);
            // A copy from before an upgrade lacks the tables.
            await open.UpgradeAsync(stop);
            var applied = await open.Erasures.ApplyAsync(key, proofs, TimeProvider.System.GetUtcNow(), stop);
            OperatorConsole.WriteResult(
                parsed.GetValue(json), applied, $"In this ledger, and erased when a server runs: {OperatorConsole.Counted(applied.Listeners, "listener")}. Not known before: {applied.Proofs} of {OperatorConsole.Counted(proofs.Count, "proof")}.");
            return true;
        });
        return apply;
    }

    /// <summary>A mistyped name must not cost a ledger, nor a device its place.</summary>
    /// <exception cref="SettingException">Something else is there, or there is no folder.</exception>
    private static void RefuseOther(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new SettingException($"There is no folder {Path.GetDirectoryName(path)}. Create it, or name another.");
        }

        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new SettingException($"{path} is a link. Name the file itself.");
        }

        if (Path.Exists(path))
        {
            Read(path);
        }
    }

    /// <exception cref="SettingException">It is no such file.</exception>
    private static (byte[] Key, IReadOnlyList<ErasureProof> Proofs) Read(string path)
    {
        try
        {
            if (JsonSerializer.Deserialize<ProofFile>(File.ReadAllText(path), JsonSerializerOptions.Web) is { Key: not null, Erasures: not null } read)
            {
                return (Convert.FromHexString(read.Key), [.. read.Erasures.Select(erasure => erasure.ToProof())]);
            }
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or ArgumentNullException)
        {
        }

        throw new SettingException($"{path} is no file of 'erasures export'.");
    }

    private sealed record ProofFile(string Key, ShownErasure[] Erasures);
}
