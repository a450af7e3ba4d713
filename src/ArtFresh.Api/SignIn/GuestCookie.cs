namespace ArtFresh.Api;

/// <summary>The cookie that a guest is known by.</summary>
internal static class GuestCookie
{
    public const string Name = "artfresh";
}
