using Xunit;

namespace ArtFresh.Storage.Tests;

[Collection("postgres")]
public sealed class PostgresDamageTests(PostgresLivedLedgers ledgers) : DamageTests(ledgers), IClassFixture<PostgresLivedLedgers>;
