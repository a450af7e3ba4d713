using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Api.Tests;

public sealed class MusicTests
{
    /// <summary>Listing twenty thousand files takes 40 ms of processor time: nobody can ask for more of that than there is.</summary>
    [Fact]
    public async Task ListOfSongsIsCachedForAFewSeconds()
    {
        var (data, clock) = (FrontEnd.NewDirectory(), new FakeTimeProvider());
        Put(data, "first.mp3");
        await using var front = await FrontEnd.StartAsync(dataDirectory: data, clock: clock);
        async Task<int> CountAsync() => (await (await front.Anonymous.FetchAsync("/api/music")).JsonAsync()).GetProperty("songs").GetArrayLength();

        Assert.Equal(1, await CountAsync());
        Put(data, "second.mp3");
        Assert.Equal(1, await CountAsync());
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task SongsAreListedWithNamesFromFilesFoldersAndSongIni()
    {
        var data = FrontEnd.NewDirectory();
        Put(data, "Nina - Blue Hour.mp3");
        Put(data, "humming.flac");
        Put(data, "01 - One.mp3");
        Put(data, "The Band/02 - Guest - Two.mp3");
        Put(data, "311 - Down.mp3");
        Put(data, "The Band/first & last.ogg");
        Put(data, "Defy/song.ogg");
        Put(data, "Defy/guitar.ogg");
        Put(data, "Defy/drums_1.ogg");
        Put(data, "Defy/song.ini", "[song]\nname = Defy The Machine\nartist = Tommi Inkila\n");
        Put(data, "Untold/song.ogg");
        Put(data, "Solo/guitar.ogg");
        Put(data, "a/b/deep.wav");
        Put(data, "a/b/c/too deep.wav");
        Put(data, "notes.txt");
        Put(data, ".hidden.mp3");
        await using var front = await FrontEnd.StartAsync(dataDirectory: data);

        var songs = (await (await front.Anonymous.FetchAsync("/api/music")).JsonAsync()).GetProperty("songs").EnumerateArray()
            .Select(song => (song.GetProperty("artist").GetString(), song.GetProperty("title").GetString(), song.GetProperty("url").GetString()))
            .ToHashSet();
        Assert.Equal(
            [
                ("Nina", "Blue Hour", "/music/Nina%20-%20Blue%20Hour.mp3"),
                (null, "humming", "/music/humming.flac"),
                (null, "One", "/music/01%20-%20One.mp3"),
                ("Guest", "Two", "/music/The%20Band/02%20-%20Guest%20-%20Two.mp3"),
                ("311", "Down", "/music/311%20-%20Down.mp3"),
                ("The Band", "first & last", "/music/The%20Band/first%20%26%20last.ogg"),
                ("Tommi Inkila", "Defy The Machine", "/music/Defy/song.ogg"),
                (null, "Untold", "/music/Untold/song.ogg"),
                ("Solo", "guitar", "/music/Solo/guitar.ogg"),
                ("b", "deep", "/music/a/b/deep.wav"),
            ],
            songs);
    }

    [Fact]
    public async Task SongHasAnIdAndNoDuration()
    {
        var data = FrontEnd.NewDirectory();
        Put(data, "one.ogg");
        Put(data, "two.ogg");
        await using var front = await FrontEnd.StartAsync(dataDirectory: data);
        async Task<string?[]> IdsAsync() => [.. (await (await front.Anonymous.FetchAsync("/api/music")).JsonAsync())
            .GetProperty("songs").EnumerateArray().Select(song => song.GetProperty("durationSeconds").GetRawText() == "null" ? song.GetProperty("id").GetString() : "")];
        var ids = await IdsAsync();
        Assert.Equal(2, ids.Distinct().Count());
        Assert.Equal(ids, await IdsAsync());
    }

    [Fact]
    public async Task MissingMusicIsAnEmptyList()
    {
        await using var front = await FrontEnd.StartAsync();
        Assert.Equal("""{"songs":[]}""", await (await front.Anonymous.FetchAsync("/api/music")).Content.ReadAsStringAsync(FrontEnd.Cancelled));
    }

    [Fact]
    public async Task SongsArePlayedFromAnyPoint()
    {
        var data = FrontEnd.NewDirectory();
        Put(data, "The Band/first & last.ogg", "0123456789");
        await using var front = await FrontEnd.StartAsync(dataDirectory: data);
        var url = "/music/The%20Band/first%20%26%20last.ogg";
        var whole = await front.Anonymous.FetchAsync(url);
        Assert.Equal(("audio/ogg", "0123456789"), (whole.Content.Headers.ContentType?.ToString(), await whole.Content.ReadAsStringAsync(FrontEnd.Cancelled)));
        Assert.Equal("bytes", whole.Headers.AcceptRanges.ToString());
        var part = await front.Anonymous.FetchAsync(url, ("Range", "bytes=3-5"));
        Assert.Equal((HttpStatusCode.PartialContent, "345"), (part.StatusCode, await part.Content.ReadAsStringAsync(FrontEnd.Cancelled)));
        var beyond = await front.Anonymous.FetchAsync(url, ("Range", "bytes=30-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
    }

    [Fact]
    public async Task OnlyAudioIsServed()
    {
        var data = FrontEnd.NewDirectory();
        Put(data, "Defy/song.ini", "[song]");
        Put(data, "page.html", "<script>");
        await using var front = await FrontEnd.StartAsync(dataDirectory: data);
        await front.Anonymous.FetchAsync("/music/Defy/song.ini").AssertProblemAsync(404, "not_found");
        await front.Anonymous.FetchAsync("/music/page.html").AssertProblemAsync(404, "not_found");
    }

    private static void Put(string data, string name, string content = "audio")
    {
        var path = Path.Combine(data, "music", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }
}
