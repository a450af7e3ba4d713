using System.Xml.Linq;
using ArtFresh.Storage.Sql;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace ArtFresh.Server;

/// <summary>
/// The keys that sign cookies and tokens, in the ledger: all front ends of a cluster share them, and who lost a key's file does not lose every listener. An embedded
/// server has a file of each besides, for the release before.
/// </summary>
/// <param name="files">Null in a cluster.</param>
internal sealed partial class LedgerKeys(SqlKeys keys, KeyRingFiles? files, TimeProvider clock, ILogger<LedgerKeys> logger) : IXmlRepository
{
    private readonly Lock _gate = new();
    private bool _areAligned;

    /// <inheritdoc/>
    /// <remarks>The interface has no asynchronous calls; it is called at the start and once a day.</remarks>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_gate)
        {
            var stored = keys.ReadAsync(CancellationToken.None).GetAwaiter().GetResult();
            if (files is not null && !_areAligned)
            {
                AlignFiles(files, stored);
                _areAligned = true;
            }

            return [.. stored.Where(IsSound).Select(key => XElement.Parse(key.Xml))];
        }
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        var key = new StoredKey(string.IsNullOrEmpty(friendlyName) ? Guid.CreateVersion7().ToString() : friendlyName, element.ToString(SaveOptions.DisableFormatting));
        keys.AddAsync(key, clock.GetUtcNow(), CancellationToken.None).GetAwaiter().GetResult();
        TryWrite(key);
    }

    /// <summary>Takes into the ledger what only a file has, as after the release before, and puts a copy in the place of each that is broken or lost, in the ledger or in a file.</summary>
    private void AlignFiles(KeyRingFiles ring, List<StoredKey> stored)
    {
        var sound = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, xml) in ring.Read())
        {
            var i = stored.FindIndex(key => key.Name == name);
            if (xml is not null)
            {
                sound.Add(name);
                TakeIn(new StoredKey(name, xml), i, stored);
            }
            else if (i < 0)
            {
                LogBroken(logger, name, ring.SetAside(name));
            }
        }

        foreach (var key in stored.Where(key => !sound.Contains(key.Name) && KeyRingFiles.SoundOrNull(key.Xml) is not null))
        {
            if (TryWrite(key))
            {
                LogWritten(logger, key.Name);
            }
        }
    }

    /// <param name="file">A sound one.</param>
    /// <param name="i">Its place among the stored, or below 0.</param>
    /// <param name="stored">What the ledger has.</param>
    private void TakeIn(StoredKey file, int i, List<StoredKey> stored)
    {
        if (i < 0)
        {
            stored.Add(file);
            keys.AddAsync(file, clock.GetUtcNow(), CancellationToken.None).GetAwaiter().GetResult();
        }
        else if (KeyRingFiles.SoundOrNull(stored[i].Xml) is null)
        {
            stored[i] = file;
            keys.ReplaceAsync(file, CancellationToken.None).GetAwaiter().GetResult();
            LogReplaced(logger, file.Name);
        }
    }

    private bool TryWrite(StoredKey key)
    {
        try
        {
            files?.Write(key);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(logger, key.Name, refused.Message);
            return false;
        }
    }

    private bool IsSound(StoredKey key)
    {
        if (KeyRingFiles.SoundOrNull(key.Xml) is not null)
        {
            return true;
        }

        LogUnreadable(logger, key.Name);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The key file {Name} is empty or broken, and the ledger has no copy: who has a cookie of it is a new listener. It is now {Aside}; put a backup of the file in its place and restart")]
    private static partial void LogBroken(ILogger logger, string name, string aside);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The file of the key {Name} was missing or broken; it was written again from the ledger")]
    private static partial void LogWritten(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The key {Name} was broken in the ledger's table data_protection_key; it was written again from its file")]
    private static partial void LogReplaced(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The file of the key {Name} cannot be written ({Reason}). The ledger has the key; only the release before needs the file")]
    private static partial void LogNotWritten(ILogger logger, string name, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The key {Name} in the ledger's table data_protection_key is broken: cookies that it has signed are refused")]
    private static partial void LogUnreadable(ILogger logger, string name);
}
