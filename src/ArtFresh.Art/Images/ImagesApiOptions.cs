using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace ArtFresh.Art;

/// <summary>Settings of an OpenAI-compatible images API. Without an <see cref="Address"/> there is none, and all art is neural.</summary>
public sealed class ImagesApiOptions
{
    /// <summary>Where the API is, with or without a final <c>/v1</c>: <c>https://api.example.com</c>. Null: no images API.</summary>
    public Uri? Address { get; set; }

    /// <summary>Sent as <c>Authorization: Bearer</c>; null for servers that want none.</summary>
    public string? Key { get; set; }

    /// <summary>The model's name.</summary>
    public string Model { get; set; } = "gpt-image-1";

    /// <summary>What is asked for: <c>auto</c>, or width x height in pixels, each 64 to 4096. What comes back is scaled down to 1024 where it is larger.</summary>
    public string Size { get; set; } = "1024x1024";

    /// <summary>How long one attempt may take, its answer's body and the picture's download included: 1 s to 10 min. A call makes up to three attempts and lasts at most three times as long.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Pictures asked for at once: 1 to 64. Further calls wait in line.</summary>
    public int ConcurrencyMax { get; set; } = 2;

    /// <summary>Hosts besides the API's own that an answer's <c>url</c> may name. They must have public addresses.</summary>
    public IList<string> PictureHosts { get; init; } = [];

    /// <summary>The address that pictures are asked from.</summary>
    internal Uri Endpoint
    {
        get
        {
            var trimmed = Address!.GetLeftPart(UriPartial.Path).TrimEnd('/');
            return new Uri((trimmed.EndsWith("/v1", StringComparison.Ordinal) ? trimmed : trimmed + "/v1") + "/images/generations");
        }
    }
}

/// <summary>Says in a sentence which setting is out of range.</summary>
internal sealed partial class ImagesApiOptionsValidator : IValidateOptions<ImagesApiOptions>
{
    public ValidateOptionsResult Validate(string? name, ImagesApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(ImagesApiOptions options)
    {
        if (options.Address is { } address && !(address.IsAbsoluteUri && address.Scheme is "http" or "https" && address.UserInfo.Length == 0))
        {
            yield return "The images API's Address must be an absolute http or https address without a user name, such as https://api.example.com/v1.";
        }

        if (options.Key is { } key && (key.Length == 0 || key.Any(character => character is < '!' or > '~')))
        {
            yield return "The images API's Key must be printable ASCII without spaces; leave it out for a server that wants none.";
        }

        if (string.IsNullOrWhiteSpace(options.Model))
        {
            yield return "The images API's Model must be the name of a model, such as gpt-image-1.";
        }

        if (!IsSize(options.Size))
        {
            yield return "The images API's Size must be auto, or width x height from 64 to 4096 pixels each, such as 1024x1024.";
        }

        if (options.Timeout < TimeSpan.FromSeconds(1) || options.Timeout > TimeSpan.FromMinutes(10))
        {
            yield return "The images API's Timeout must be from 1 second to 10 minutes.";
        }

        if (options.ConcurrencyMax is < 1 or > 64)
        {
            yield return "The images API's ConcurrencyMax must be from 1 to 64.";
        }

        foreach (var host in options.PictureHosts.Where(host => Uri.CheckHostName(host) == UriHostNameType.Unknown))
        {
            yield return $"The images API's PictureHosts must be host names without scheme or port; \"{host}\" is none.";
        }
    }

    private static bool IsSize(string? size)
    {
        if (size == "auto")
        {
            return true;
        }

        var match = SizePattern().Match(size ?? "");
        return match.Success
            && int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) is >= 64 and <= 4096
            && int.Parse(match.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) is >= 64 and <= 4096;
    }

    [GeneratedRegex(@"^([0-9]{1,4})x([0-9]{1,4})\z")]
    private static partial Regex SizePattern();
}
