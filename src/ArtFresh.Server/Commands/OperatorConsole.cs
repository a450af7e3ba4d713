using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary>Where commands write: the result to the standard output; progress and refusals to the standard error, so that a pipe gets the result alone.</summary>
internal static class OperatorConsole
{
    /// <summary>A pipe has no width: what is searched for must not be broken into lines.</summary>
    private const int PipeColumns = 100_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IAnsiConsole Out { get; } = Of(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error { get; } = Of(Console.Error, Console.IsErrorRedirected);

    /// <summary>A line of what was asked for, unbroken.</summary>
    public static void Say(string line) => Console.Out.WriteLine(line);

    /// <summary>A line on the standard error, unbroken.</summary>
    public static void Complain(string line) => Console.Error.WriteLine(line);

    /// <summary>The result, for programs or for people.</summary>
    public static void Answer(bool isJson, object value, string sentence)
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
