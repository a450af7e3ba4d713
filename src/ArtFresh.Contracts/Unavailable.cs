namespace ArtFresh.Contracts;

/// <summary>A part that the call needs is away. Nothing is known to be done, and the call is safe to repeat.</summary>
[GenerateSerializer, Alias("unavailable")]
public class UnavailableException(string message) : Exception(message);

/// <summary>The ledger cannot be read or written. It crosses from silo to silo, so it carries a message and no exception of a driver's.</summary>
[GenerateSerializer, Alias("ledger-unavailable")]
public sealed class LedgerUnavailableException(string message) : UnavailableException(message);
