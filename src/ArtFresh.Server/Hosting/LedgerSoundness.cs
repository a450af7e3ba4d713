using System.Globalization;
using ArtFresh.Storage.Sqlite;

namespace ArtFresh.Server;

/// <summary>Looks at the embedded ledger's file before a server writes it.</summary>
internal static class LedgerSoundness
{
    /// <summary>From this size on the check takes long enough to be named.</summary>
    private const long NamedBytes = 200_000_000;

    /// <summary>Checks the file if the last server did not stop by itself or the file was copied. A clean stop leaves a sound file, so that a start after it does not wait.</summary>
    /// <exception cref="SettingException">It is damaged.</exception>
    public static void RefuseDamaged(DataDirectory directory)
    {
        if (directory.IsLedgerSuspect)
        {
            directory.RefuseNoLedger();
            var bytes = new FileInfo(directory.Ledger).Length;
            if (bytes >= NamedBytes)
            {
                OperatorConsole.Complain(string.Create(CultureInfo.InvariantCulture, $"The last server did not stop by itself: checking {directory.Ledger} ({bytes / 1e9:0.0} GB)"));
            }

            using var ledger = new SqliteDatabase(directory.Ledger);
            if (ledger.FindDamage(isQuick: true, max: 1) is [var fault, ..])
            {
                throw new SettingException(DataDirectory.NoLedger($"{directory.Ledger} in ArtFresh:DataDirectory", fault));
            }
        }

        directory.MarkRunning();
    }
}
