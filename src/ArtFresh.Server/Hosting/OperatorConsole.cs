using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary>The output of commands: results go to standard output, progress and errors to standard error, so that a pipe gets only the result.</summary>
internal static class OperatorConsole
{
    /// <summary>A number with its noun: <c>1 artwork</c>, <c>2 artworks</c>.</summary>
    /// <param name="several">The plural; null where it has an s.</param>
    public static string Counted(long count, string one, string? several = null) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : several ?? one + "s")}");

    /// <summary>Width of a pipe: lines must not wrap, so that they can be searched.</summary>
    private const int PipeColumns = 100_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IAnsiConsole Out { get; } = Of(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error { get; } = Of(Console.Error, Console.IsErrorRedirected);

    /// <summary>Writes a line of the result, without wrapping.</summary>
    public static void Say(string line) => Console.Out.WriteLine(line);

    /// <summary>Writes a line to standard error, without wrapping.</summary>
    public static void Complain(string line) => Console.Error.WriteLine(line);

    /// <summary>Writes the result, as JSON or as a sentence.</summary>
    public static void WriteResult(bool isJson, object value, string sentence)
    {
        if (isJson)
        {
            WriteJson(value);
        }
        else
        {
            Say(sentence);
        }
    }

    public static void WriteJson(object value) => Console.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>A table with one line a row, for <c>grep</c> and <c>awk</c>.</summary>
    public static Table NewTable(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).NoWrap());
        }

        return table;
    }

    /// <summary>Shows a progress bar while <paramref name="work"/> runs.</summary>
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
