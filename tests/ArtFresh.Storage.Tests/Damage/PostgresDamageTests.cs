using Xunit;

namespace ArtFresh.Storage.Tests;

[Collection("postgres")]
public sealed class PostgresDamageTests(PostgresLivedLedgers ledgers) : DamageTests(ledgers), IClassFixture<PostgresLivedLedgers>
{
    public static TheoryData<string> Own => [.. Damages.OfPostgres.Select(damage => damage.Name)];

    [Theory, MemberData(nameof(Own))]
    public Task DamageOfItsOwnIsNamed(string kind) => NamesAsync(Damages.OfPostgres.Single(damage => damage.Name == kind));
}
