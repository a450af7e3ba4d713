using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary>Where commands write: what was asked for to the standard output, what is said on the way to the standard error, so that pipes get the one alone.</summary>
internal static class OperatorConsole
{
    /// <summary>A pipe has no width: what is searched for must not be broken into lines.</summary>
    private const int PipeColumns = 400;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IAnsiConsole Out { get; } = Of(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error { get; } = Of(Console.Error, Console.IsErrorRedirected);

    /// <summary>A line of what was asked for.</summary>
    public static void Say(string line) => Out.WriteLine(line);

    public static void WriteJson(object value) => Console.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>A table without frames, whose lines <c>grep</c> and <c>awk</c> can read.</summary>
    public static Table NewTable(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).NoWrap());
        }

        return table;
    }

    /// <summary>Shows a bar while a piece of work runs.</summary>
    /// <param name="done">How far it has come, and of how much.</param>
    public static Task<T> ShowAsync<T>(string what, Func<(double Done, double Total)> done, Func<Task<T>> work) => Error.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async progress =>
        {
            var bar = progress.AddTask(what);
            var running = work();
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            while (!running.IsCompleted)
            {
                await Task.WhenAny(running, timer.WaitForNextTickAsync().AsTask());
                (bar.Value, bar.MaxValue) = (done().Done, Math.Max(1, done().Total));
            }

            return await running;
        });

    private static IAnsiConsole Of(TextWriter writer, bool isPipe)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = isPipe ? PipeColumns : console.Profile.Width;
        return console;
    }
}
