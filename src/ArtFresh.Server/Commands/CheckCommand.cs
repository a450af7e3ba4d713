using System.CommandLine;
using Npgsql;

namespace ArtFresh.Server;

/// <summary><c>check</c>: reads the settings as a server would, says what they come to, and ends; no server starts.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var settings = new Argument<string[]>("settings") { Description = "Settings as a server takes them, such as --ArtFresh:Role web, after two dashes: check -- --ArtFresh:Role web." };
        var check = new Command("check", "Says whether the settings are right. A server need not run, nor the database.") { settings };
        check.SetAction(parsed => Check(parsed.GetValue(settings) ?? []));
        return check;
    }

    private static int Check(string[] args)
    {
        try
        {
            var configuration = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory }).Configuration;
            var settings = ServerSettings.Read(configuration);
            Console.WriteLine($"role     {settings.Role}");
            Console.WriteLine($"ledger   {(settings.Ledger is null ? $"embedded, in {Path.GetFullPath(settings.DataDirectory)}" : NameOf(settings.Ledger))}");
            Console.WriteLine($"listens  {configuration["urls"] ?? configuration["http_ports"] ?? Hosting.DefaultUrl}");
            Console.WriteLine($"drains   {settings.DrainDelay.TotalSeconds} s");
            return 0;
        }
        catch (SettingException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 1;
        }
    }

    /// <summary>Whose database it is, without the password.</summary>
    private static string NameOf(string connectionString)
    {
        try
        {
            var named = new NpgsqlConnectionStringBuilder(connectionString);
            return $"{named.Database} at {named.Host}:{named.Port}";
        }
        catch (ArgumentException malformed)
        {
            throw new SettingException($"ConnectionStrings:Ledger is no connection string of PostgreSQL: {malformed.Message}");
        }
    }
}
