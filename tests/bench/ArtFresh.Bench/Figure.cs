using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>A row of the table of aims.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Measured">The value with its unit.</param>
/// <param name="Aim">What it should be.</param>
/// <param name="Reached">Null where the measurement cannot tell.</param>
internal sealed record Figure(string Name, string Measured, string Aim, bool? Reached)
{
    public static void Write(IEnumerable<Figure> figures)
    {
        var table = new Table().Title("aims").AddColumns("figure", "measured", "aim", "reached");
        foreach (var figure in figures)
        {
            table.AddRow(Markup.Escape(figure.Name), Markup.Escape(figure.Measured), Markup.Escape(figure.Aim), figure.Reached switch { true => "yes", false => "no", null => "" });
        }

        AnsiConsole.Write(table);
    }
}
