namespace ArtFresh.Server;

/// <summary>A setting is missing, unknown or out of range. The message is for the operator.</summary>
public sealed class SettingException(string message) : Exception(message);
