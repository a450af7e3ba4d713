using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ArtFresh.Art;

/// <summary>Settings of an OpenAI-compatible images API. Without an <see cref="Address"/> all art is neural.</summary>
public sealed partial class ImagesApiOptions : IValidatableObject
{
    /// <summary>The header whose key is a bearer token.</summary>
    internal const string BearerHeader = "Authorization";

    /// <summary>The <see cref="Size"/> that is not sent.</summary>
    internal const string NoSize = "none";

    /// <summary>The API's address; null for no images API.</summary>
    [Description("Base address of an OpenAI-compatible images API, with or without a final /v1, and with its path and query if it has them (/v1beta/openai, ?api-version=…); without it all art is neural")]
    public Uri? Address { get; set; }

    /// <summary>Null for an API without keys.</summary>
    [Description("Key sent as Authorization: Bearer")]
    public string? Key { get; set; }

    /// <summary>In any other header than Authorization the key stands alone.</summary>
    [Description("Header that carries the key; Azure wants api-key")]
    public string KeyHeader { get; set; } = BearerHeader;

    /// <summary>The model's name.</summary>
    [Description("Name of the model")]
    public string Model { get; set; } = "gpt-image-1";

    /// <summary>A larger picture is scaled down to 1024 pixels.</summary>
    [Description("auto, none for an API that refuses it, or width x height from 64 to 4096 pixels each, such as 1024x1024")]
    public string Size { get; set; } = "1024x1024";

    /// <summary>Includes the answer's body and the picture's download. A call makes up to three attempts and takes at most three times as long.</summary>
    [Description("Time limit of one attempt, 00:00:01 to 00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Further calls wait in a queue.</summary>
    [Description("Concurrent requests for pictures, 1 to 64")]
    public int Concurrency { get; set; } = 2;

    /// <summary>A pool with fewer requests more.</summary>
    [Description("Pictures that each pool keeps in stock, 1 to 1000")]
    public int StockAhead { get; set; } = 8;

    /// <summary>Limits the cost. After it, art is neural until midnight.</summary>
    [Range(0, 1_000_000), Description("Pictures requested a day (UTC) by all members of a cluster")]
    public int PicturesPerDay { get; set; } = 1_000;

    /// <summary>More than an active listener sees in an hour; a picture made for one listener is fresh to all others.</summary>
    [Range(0, 1_000_000), Description("Pictures requested a day for one network (/24 of IPv4, /48 of IPv6)")]
    public int PicturesPerDayAndNetwork { get; set; } = 200;

    /// <summary>Half of a network's: two in one household each have theirs.</summary>
    [Range(0, 1_000_000), Description("Pictures requested a day for one listener, wherever they are")]
    public int PicturesPerDayAndListener { get; set; } = 100;

    /// <summary>Of the API's pictures alone.</summary>
    [Description("Whether the API's pictures wait until an operator has looked at them, on /ops or by the command held")]
    public bool Held { get; set; }

    /// <summary>The hosts must have public addresses.</summary>
    [Description("Hosts besides the API's own that pictures may be fetched from")]
    public IList<string> PictureHosts { get; init; } = [];

    /// <summary>
    /// The address of the API's endpoint for pictures: the base address's path, /v1 unless that has a version (/v1, /v1beta/openai) or the address a query (?api-version=…),
    /// and /images/generations unless that is there already.
    /// </summary>
    internal Uri Endpoint
    {
        get
        {
            var path = Address!.AbsolutePath.TrimEnd('/');
            if (!path.EndsWith("/images/generations", StringComparison.Ordinal))
            {
                path += VersionPattern().IsMatch(path) || Address.Query.Length > 0 ? "/images/generations" : "/v1/images/generations";
            }

            return new UriBuilder(Address) { Path = path }.Uri;
        }
    }

    /// <summary>Returns a sentence for each setting that is out of range.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address is { } address && !(address.IsAbsoluteUri && address.Scheme is "http" or "https" && address.UserInfo.Length == 0))
        {
            yield return Fault(nameof(Address), "must be an absolute http or https address without a user name, such as https://api.example.com/v1.");
        }

        if (Key is { } key && (key.Length == 0 || key.Any(character => character is < '!' or > '~')))
        {
            yield return Fault(nameof(Key), "must be printable ASCII without spaces; leave it out for a server that wants none.");
        }

        if (!HeaderPattern().IsMatch(KeyHeader))
        {
            yield return Fault(nameof(KeyHeader), "must be the name of a header, such as Authorization or api-key.");
        }

        if (string.IsNullOrWhiteSpace(Model))
        {
            yield return Fault(nameof(Model), "must be the name of a model, such as gpt-image-1.");
        }

        if (!IsSize(Size))
        {
            yield return Fault(nameof(Size), "must be auto, none, or width x height from 64 to 4096 pixels each, such as 1024x1024.");
        }

        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(10))
        {
            yield return Fault(nameof(Timeout), "must be from 00:00:01 to 00:10:00.");
        }

        if (Concurrency is < 1 or > 64)
        {
            yield return Fault(nameof(Concurrency), "must be from 1 to 64.");
        }

        if (StockAhead is < 1 or > 1000)
        {
            yield return Fault(nameof(StockAhead), "must be from 1 to 1000.");
        }

        foreach (var host in PictureHosts.Where(host => Uri.CheckHostName(host) == UriHostNameType.Unknown))
        {
            yield return Fault(nameof(PictureHosts), $"must be host names without scheme or port; \"{host}\" is none.");
        }
    }

    private static ValidationResult Fault(string name, string sentence) => new($"{name} {sentence}", [name]);

    private static bool IsSize(string? size)
    {
        if (size is "auto" or NoSize)
        {
            return true;
        }

        var match = SizePattern().Match(size ?? "");
        return match.Success
            && int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is >= 64 and <= 4096
            && int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) is >= 64 and <= 4096;
    }

    [GeneratedRegex("/v[0-9][^/]*(/|$)")]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex HeaderPattern();

    [GeneratedRegex(@"^([0-9]{1,4})x([0-9]{1,4})\z")]
    private static partial Regex SizePattern();
}
