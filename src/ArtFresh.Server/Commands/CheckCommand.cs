using System.CommandLine;

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
            var (builder, settings) = ServerProgram.Configure(args);
            using (builder.Configuration as IDisposable)
            {
                var directory = DataDirectory.At(settings.DataDirectory);
                directory.RefuseNoLedger();
                Console.WriteLine($"role     {settings.Role.ToString().ToLowerInvariant()}");
                Console.WriteLine($"ledger   {(settings.Ledger is null ? $"embedded, {directory.Ledger}" : NameOf(settings.Ledger))}");
                Console.WriteLine($"listens  {Hosting.UrlsOf(builder.Configuration)}");
                Console.WriteLine($"drains   {settings.DrainDelay.TotalSeconds} s");
                return 0;
            }
        }
        catch (SettingException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return ServerProgram.NotStarted;
        }
    }

    /// <summary>Whose database it is, without the password.</summary>
    private static string NameOf(string connectionString)
    {
        var parts = SettingsReader.RefuseMalformed(connectionString, "ConnectionStrings:Ledger");
        return $"{parts.Database} at {parts.Host}:{parts.Port}";
    }
}
