namespace ArtFresh.Contracts;

/// <summary>A part that the call needs is down. The call may or may not have taken effect, and is safe to repeat.</summary>
[GenerateSerializer, Alias("unavailable")]
public class UnavailableException(string message) : Exception(message);

/// <summary>The ledger cannot be read or written. Carries a message and no exception of the database driver, which another silo could not deserialize.</summary>
[GenerateSerializer, Alias("ledger-unavailable")]
public sealed class LedgerUnavailableException(string message) : UnavailableException(message);
