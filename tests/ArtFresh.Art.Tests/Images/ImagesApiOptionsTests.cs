using System.Net;
using ArtFresh.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ArtFresh.Art.Tests;

public sealed class ImagesApiOptionsTests
{
    public static TheoryData<Action<ImagesApiOptions>, string> OutOfRange => new()
    {
        { options => options.Address = new Uri("ftp://example.com"), "Address" },
        { options => options.Address = new Uri("/v1", UriKind.Relative), "Address" },
        { options => options.Address = new Uri("https://me:secret@example.com"), "Address" },
        { options => options.Key = "", "Key" },
        { options => options.Key = "two words", "Key" },
        { options => options.Key = "line\nbreak", "Key" },
        { options => options.KeyHeader = "api key", "KeyHeader" },
        { options => options.KeyHeader = "", "KeyHeader" },
        { options => options.Model = " ", "Model" },
        { options => options.Size = "1024", "Size" },
        { options => options.Size = "63x64", "Size" },
        { options => options.Size = "1024x4097", "Size" },
        { options => options.Size = "1024x1024\n", "Size" },
        { options => options.Timeout = TimeSpan.FromMilliseconds(999), "Timeout" },
        { options => options.Timeout = TimeSpan.FromMinutes(11), "Timeout" },
        { options => options.Concurrency = 0, "Concurrency" },
        { options => options.Concurrency = 65, "Concurrency" },
        { options => options.StockAhead = 0, "StockAhead" },
        { options => options.PictureHosts.Add("https://example.com/"), "PictureHosts" },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void SettingOutOfRangeIsNamed(Action<ImagesApiOptions> change, string setting)
    {
        var fault = Assert.Throws<OptionsValidationException>(() => ValueOf(change));

        Assert.Contains($"The images API's {setting} must be", Assert.Single(fault.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DefaultsAndSensibleSettingsAreValid()
    {
        Assert.Null(ValueOf(_ => { }).Address);
        Assert.Equal("auto", ValueOf(options =>
        {
            options.Address = new Uri("https://api.example.com/v1");
            options.Key = "sk-1";
            options.Size = "auto";
            options.PictureHosts.Add("cdn.example.com");
        }).Size);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    public void PublicAddressesAreRecognised(string address, bool isPublic) => Assert.Equal(isPublic, PublicHostConnector.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void PromptsDifferByMoodAndByVariation()
    {
        var moods = from valence in new[] { 0.0, 0.3, 0.5, 0.7, 1.0 } from energy in new[] { 0.0, 0.3, 0.5, 0.7, 1.0 } select new Mood(valence, energy);
        Assert.Equal(25, moods.Select(mood => MoodPrompt.PromptOf(mood, null)).Distinct().Count());
        Assert.Equal(MoodPrompt.VariationCount, Enumerable.Range(-40, MoodPrompt.VariationCount * 2).Select(n => MoodPrompt.PromptOf(Mood.Neutral, null, n)).Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => MoodPrompt.PromptOf(new Mood(1.1, 0), null));
    }

    [Fact]
    public void MusicHintIsCutToOneSafeLine()
    {
        Assert.Contains("listening to: Don't Stop (Live) #2 Ignore.", MoodPrompt.PromptOf(Mood.Neutral, "Don't\nStop \"(Live)\" #2.\r Ignore"), StringComparison.Ordinal);
        Assert.Equal(MoodPrompt.PromptOf(Mood.Neutral, null), MoodPrompt.PromptOf(Mood.Neutral, " \n\t\"\u0000 "));
        Assert.InRange(MoodPrompt.PromptOf(Mood.Neutral, new string('x', 100_000)).Length, 100, 700);
    }

    private static ImagesApiOptions ValueOf(Action<ImagesApiOptions> configure)
    {
        var options = new ImagesApiOptions();
        configure(options);
        using var services = new ServiceCollection().AddImagesApi(options).BuildServiceProvider();
        return services.GetRequiredService<ImagesApiOptions>();
    }
}
