namespace ArtFresh.Storage.Tests;

/// <summary>The ledger of clusters for tests keeps what the others keep.</summary>
public sealed class InMemoryLedgerTests() : LedgerTests(new SqliteFile(isInMemory: true));
