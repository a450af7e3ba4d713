namespace ArtFresh.Contracts;

/// <summary>What a listener's id says of the listener.</summary>
public static class ListenerNames
{
    /// <summary>Begins the id of a guest; no account's id begins so.</summary>
    public const string GuestPrefix = "guest-";

    /// <summary>Whether the id is a guest's, who may join an account.</summary>
    public static bool IsGuest(string listenerId) => listenerId.StartsWith(GuestPrefix, StringComparison.Ordinal);
}
