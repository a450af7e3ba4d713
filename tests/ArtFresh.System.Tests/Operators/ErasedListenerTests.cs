using System.Net;
using System.Text;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>A person with an account and two devices is erased by a server that is killed in the middle of it. Afterwards nothing has their ids, searched byte by byte.</summary>
public sealed class ErasedListenerTests
{
    private const string Subject = "erased-subject-4711";

    [Theory, InlineData(false), InlineData(true)]
    public async Task ServerKilledInTheMiddleOfAnErasureGoesOnAndNothingNamesTheListener(bool isCluster)
    {
        Assert.SkipUnless(!isCluster || PostgresServer.IsInstalled, "PostgreSQL is not installed");
        using var postgres = isCluster ? PostgresServer.Start() : null;
        var database = postgres?.NewDatabase();
        string[] settings = ["--ArtFresh:Jwt:SigningKey", SignedListener.Key, "--Logging:LogLevel:ArtFresh", "Debug", "--Logging:LogLevel:Orleans", "Information"];
        await using var server = new ServerProcess([.. settings, .. database is null ? Array.Empty<string>() : ["--ConnectionStrings:Ledger", database]]);
        await server.StartAsync();
        await server.StockAsync();
        using var stranger = new HttpListenerClient(server.Address);
        var (strangersId, (_, strangersArt)) = (await stranger.SignInAsync(), await ShowAsync(stranger));
        using var person = await Person.ShowAsync(server.Address);
        Assert.Equal([true, true, true], person.Ids.Select(id => Has(Held(server, postgres, database), id)));

        await EraseAndKillAsync(server, database, person, stranger);
        await server.StartAsync();
        await person.AssertRefusedAsync(stranger);
        await Eventually.TrueAsync(() => Count(server, database, "select count(*) from erasure where done_at is null") == 0, () => server.Log);

        await person.AssertRefusedAsync(stranger);
        var held = Held(server, postgres, database);
        await AssertNamesNobodyAsync(server, person, held);
        Assert.True(Has(held, strangersId));
        Assert.Equal(strangersArt.Reverse(), (await stranger.GetAsync("api/listeners/me/artworks")).GetProperty("artworks").EnumerateArray().Select(art => art.GetProperty("id").GetInt64()));
        var verified = await Tool.RunAsync(["verify", .. database is null ? ["--data", server.DataDirectory] : new[] { "--ledger", database }]);
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Errors);
    }

    /// <summary>The rows of the sessions go first. What the person keeps cannot go: the erasure stops there, begins again, and is killed.</summary>
    private static async Task EraseAndKillAsync(ServerProcess server, string? database, Person person, HttpListenerClient stranger)
    {
        Execute(server, database, database is null
            ? "create trigger stopped before delete on kept_artwork begin select raise(abort, 'stopped'); end"
            : """
              create function stop_erasure() returns trigger language plpgsql as $$ begin raise exception 'stopped'; end $$;
              create trigger stopped before delete on kept_artwork for each row execute function stop_erasure()
              """);
        await person.Laptop.EraseAsync();
        await person.AssertRefusedAsync(stranger);
        await Eventually.TrueAsync(() => Count(server, database, $"select count(*) from session where listener_id = '{person.Ids[0]}'") == 0, () => server.Log);
        await server.KillAsync();
        Assert.True(Count(server, database, $"select count(*) from listener_block where listener_id = '{person.Ids[0]}'") > 0);
        Execute(server, database, database is null ? "drop trigger stopped" : "drop trigger stopped on kept_artwork; drop function stop_erasure");
    }

    private static async Task AssertNamesNobodyAsync(ServerProcess server, Person person, byte[] held)
    {
        using var operators = server.NewOperator();
        var metrics = await operators.GetStringAsync(new Uri("metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("artfresh", metrics, StringComparison.Ordinal);
        foreach (var id in person.Ids.Append(Subject))
        {
            foreach (var form in FormsOf(id))
            {
                Assert.False(Has(held, form), $"{id} is held as {Convert.ToHexString(form)}");
                Assert.False(Has(Encoding.UTF8.GetBytes(server.Log + metrics), form), $"{id} is in the log or metrics as {Convert.ToHexString(form)}:\n{server.Log}");
            }
        }
    }

    /// <summary>A visit with fresh art, all of which is shown.</summary>
    private static async Task<(string Session, long[] Art)> ShowAsync(HttpListenerClient listener)
    {
        var session = await listener.OpenAsync();
        var art = await listener.FreshAsync(session, 5, 0.5, 0.5);
        Assert.Equal(5, await listener.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, art)));
        return (session, art);
    }

    /// <summary>Every way in which an id could be written down: as text, in hexadecimal or Base64, in UTF-16, and the number in a guest's id as bytes in either order.</summary>
    private static IEnumerable<byte[]> FormsOf(string id)
    {
        var bytes = Encoding.UTF8.GetBytes(id);
        yield return bytes;
        yield return Encoding.Unicode.GetBytes(id);
        yield return Encoding.UTF8.GetBytes(Convert.ToHexStringLower(bytes));
        // Without its end, which depends on what follows.
        yield return Encoding.UTF8.GetBytes(Convert.ToBase64String(bytes)[..^4]);
        if (id.StartsWith("guest-", StringComparison.Ordinal))
        {
            var number = Convert.FromHexString(id["guest-".Length..]);
            yield return number;
            yield return new Guid(number).ToByteArray(bigEndian: true);
            yield return [.. number.Reverse()];
            yield return Encoding.UTF8.GetBytes(id["guest-".Length..]);
            yield return Encoding.UTF8.GetBytes(new Guid(number, bigEndian: true).ToString());
        }
    }

    private static bool Has(byte[] held, string text) => Has(held, Encoding.UTF8.GetBytes(text));

    private static bool Has(byte[] held, byte[] form) => held.AsSpan().IndexOf(form) >= 0;

    /// <summary>Every file of the data directory, free pages and logs of a database included; and what a dump of PostgreSQL has.</summary>
    private static byte[] Held(ServerProcess server, PostgresServer? postgres, string? database)
    {
        using var bytes = new MemoryStream();
        // The running server holds its lock file, which is empty.
        foreach (var path in Directory.GetFiles(server.DataDirectory, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "server.lock"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.CopyTo(bytes);
        }

        bytes.Write(postgres?.Dump(database!) ?? []);
        return bytes.ToArray();
    }

    private static long Count(ServerProcess server, string? database, string sql) => Run(server, database, sql, command => Convert.ToInt64(command.ExecuteScalar(), null));

    private static void Execute(ServerProcess server, string? database, string sql) => Run(server, database, sql, command => command.ExecuteNonQuery());

    private static T Run<T>(ServerProcess server, string? database, string sql, Func<System.Data.Common.DbCommand, T> run)
    {
        using System.Data.Common.DbConnection connection = database is null
            ? new SqliteConnection($"Data Source={Path.Combine(server.DataDirectory, SqliteDatabase.FileName)};Pooling=False")
            : new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Text of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return run(command);
    }

    /// <summary>An account on a phone and a laptop, on each of which the person was a guest before.</summary>
    private sealed class Person : IDisposable
    {
        private readonly HttpListenerClient _phone;
        private readonly HttpListenerClient _laptopGuest;
        private (string Session, long[] Art) _onPhone;
        private (string Session, long[] Art) _onLaptop;

        private Person(Uri address)
        {
            var (phone, laptop) = (new CookieContainer(), new CookieContainer());
            PhoneGuest = new HttpListenerClient(address, new SocketsHttpHandler { CookieContainer = phone });
            _laptopGuest = new HttpListenerClient(address, new SocketsHttpHandler { CookieContainer = laptop });
            _phone = new HttpListenerClient(address, new SignedListener(Subject, new SocketsHttpHandler { CookieContainer = phone }));
            Laptop = new HttpListenerClient(address, new SignedListener(Subject, new SocketsHttpHandler { CookieContainer = laptop }));
        }

        /// <summary>The account's, then the guests'.</summary>
        public string[] Ids { get; private set; } = [];

        public HttpListenerClient Laptop { get; }

        private HttpListenerClient PhoneGuest { get; }

        /// <summary>Is shown art as a guest on both devices, then as the account, joins both, and keeps one of the artworks.</summary>
        public static async Task<Person> ShowAsync(Uri address)
        {
            var person = new Person(address);
            person.Ids = [$"sub-{Subject}", await person.PhoneGuest.SignInAsync(), await person._laptopGuest.SignInAsync()];
            var first = await ErasedListenerTests.ShowAsync(person.PhoneGuest);
            person._onLaptop = await ErasedListenerTests.ShowAsync(person._laptopGuest);
            person._onPhone = await ErasedListenerTests.ShowAsync(person._phone);
            Assert.Equal(person.Ids[1..], new[] { await person._phone.JoinAsync(), await person.Laptop.JoinAsync() });
            await person.Laptop.KeepAsync(first.Art[0]);
            var export = await person._phone.GetTextAsync("api/listeners/me/export");
            Assert.All(person.Ids, id => Assert.Contains(id, export, StringComparison.Ordinal));
            return person;
        }

        /// <summary>Whoever asked knows it at once, and what devices deliver late is told apart from what is merely unknown.</summary>
        public async Task AssertRefusedAsync(HttpListenerClient stranger)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await Laptop.StatusOfAsync("api/listeners/me/artworks"));
            Assert.Equal(HttpStatusCode.Unauthorized, await Laptop.StatusOfAsync("api/listeners/me/export"));
            Assert.Equal(HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<HttpRequestException>(() => Laptop.KeepAsync(_onPhone.Art[1]))).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<HttpRequestException>(() => Laptop.OpenAsync())).StatusCode);
            await Eventually.TrueAsync(async () => await Laptop.StatusOfAsync($"api/artworks/fresh?sessionId={_onPhone.Session}") == HttpStatusCode.Unauthorized);
            Assert.Equal(HttpStatusCode.Gone, await Laptop.StatusOfPostAsync(new PostedBatch(_onPhone.Session, Guid.CreateVersion7(), 90, _onPhone.Art)));
            Assert.Equal(HttpStatusCode.Gone, await _laptopGuest.StatusOfPostAsync(new PostedBatch(_onLaptop.Session, Guid.CreateVersion7(), 90, _onLaptop.Art)));
            Assert.Equal(HttpStatusCode.NotFound, await stranger.StatusOfPostAsync(new PostedBatch(_onLaptop.Session, Guid.CreateVersion7(), 90, _onLaptop.Art)));
        }

        public void Dispose()
        {
            PhoneGuest.Dispose();
            _laptopGuest.Dispose();
            _phone.Dispose();
            Laptop.Dispose();
        }
    }
}
