using System.Net.Sockets;
using ArtFresh.Contracts;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sqlite;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ArtFresh.Server;

/// <summary>Explains a failed start in a sentence that names the setting and the cure.</summary>
internal static class StartFaults
{
    private const int NotADatabase = 26, Corrupt = 11, CannotOpen = 14, ReadOnly = 8, Full = 13;

    /// <summary>ENOSPC, and ERROR_DISK_FULL.</summary>
    private const int NoSpace = 28, NoSpaceOfWindows = unchecked((int)0x80070070);

    /// <summary>The sentence; null for a bug of the program, whose stack trace is needed.</summary>
    public static string? Explain(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (SentenceOf(cause) is { } sentence)
            {
                return sentence;
            }
        }

        return (fault as AggregateException)?.InnerExceptions.Select(Explain).FirstOrDefault(sentence => sentence is not null);
    }

    /// <summary>What to do about an address that cannot be bound; null for another error.</summary>
    public static string? CureOf(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => "Another program listens there: stop it, or choose another port.",
        SocketError.AccessDenied => "This user may not listen there: choose a port from 1024 on.",
        SocketError.AddressNotAvailable => "This machine does not have that address: use 0.0.0.0 for all of its addresses, or localhost.",
        _ => null,
    };

    private static string? SentenceOf(Exception cause) => cause switch
    {
        SettingException or LedgerUnavailableException or OptionsValidationException => cause.Message,
        LedgerNotDurableException lossy => $"ConnectionStrings:Ledger or --ledger: {lossy.Message}",
        AddressInUseException => $"{cause.Message.TrimEnd('.')}. {CureOf(SocketError.AddressAlreadyInUse)}",
        SocketException refused when CureOf(refused.SocketErrorCode) is { } cure => $"{cause.Message.TrimEnd('.')}. {cure}",
        NpgsqlException refused => $"ConnectionStrings:Ledger or --ledger: {PostgresFaults.Explain(refused)}",
        SqliteException { SqliteErrorCode: NotADatabase or Corrupt } broken =>
            DataDirectory.NoLedger($"{SqliteDatabase.FileName} in ArtFresh:DataDirectory", broken.Message),
        SqliteException { SqliteErrorCode: CannotOpen or ReadOnly } locked =>
            $"The ledger in ArtFresh:DataDirectory ({SqliteDatabase.FileName}) cannot be opened for writing ({locked.Message}). Give this user write permission for the folder, or name another.",
        SqliteException { SqliteErrorCode: Full } or IOException { HResult: NoSpace or NoSpaceOfWindows } => "The disk of ArtFresh:DataDirectory is full: make room, or name a folder on another disk.",
        _ => null,
    };
}
