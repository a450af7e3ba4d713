using System.Text;

namespace ArtFresh.TestWorld;

/// <summary>Lets a piece of work print to itself, while the rest of this process prints to the console.</summary>
public sealed class CapturedConsole : TextWriter
{
    private static readonly AsyncLocal<TextWriter?> Output = new(), Errors = new();

    private readonly TextWriter _console;
    private readonly AsyncLocal<TextWriter?> _taken;

    private CapturedConsole(TextWriter console, AsyncLocal<TextWriter?> taken) => (_console, _taken) = (console, taken);

    public override Encoding Encoding => _console.Encoding;

    private TextWriter Writer => _taken.Value ?? _console;

    /// <summary>For the program's start: whoever has taken the console's writers before keeps them.</summary>
    public static void Install()
    {
        Console.SetOut(new CapturedConsole(Console.Out, Output));
        Console.SetError(new CapturedConsole(Console.Error, Errors));
    }

    /// <summary>Runs a program's entry point, and takes what it and all that it starts print.</summary>
    public static async Task<Printed> TakeAsync(Func<Task<int>> run)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        (Output.Value, Errors.Value) = (Synchronized(output), Synchronized(errors));
        var exitCode = await run();
        return new Printed(exitCode, output.ToString(), errors.ToString());
    }

    public override void Write(char value) => Writer.Write(value);

    public override void Write(char[] buffer, int index, int count) => Writer.Write(buffer, index, count);

    public override void Write(ReadOnlySpan<char> buffer) => Writer.Write(buffer);

    public override void Write(string? value) => Writer.Write(value);

    public override void Flush() => Writer.Flush();
}
