namespace ArtFresh.Storage.Sqlite;

/// <summary>Ids as 16 bytes in the order of their text, so that version 7 ids sort by time.</summary>
internal static class SqliteIds
{
    public static byte[] ToBlob(Guid id) => id.ToByteArray(bigEndian: true);

    public static Guid ToGuid(byte[] blob) => new(blob, bigEndian: true);
}
