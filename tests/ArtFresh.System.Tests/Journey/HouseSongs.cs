using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Journey;

/// <summary>Four songs of Debian's package <c>fretsonfire-songs-sectoid</c>, as a server's own.</summary>
internal static class HouseSongs
{
    private const string Folder = "/usr/share/games/fretsonfire/data/songs/sectoid";

    public static bool Exist => Directory.Exists(Folder);

    public static void CopyTo(ServerProcess server)
    {
        foreach (var song in Directory.GetDirectories(Folder))
        {
            var shelf = Directory.CreateDirectory(Path.Combine(server.DataDirectory, "music", Path.GetFileName(song)));
            foreach (var file in Directory.GetFiles(song, "song.*"))
            {
                File.Copy(file, Path.Combine(shelf.FullName, Path.GetFileName(file)));
            }
        }
    }
}
