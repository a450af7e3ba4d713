using System.CommandLine;

namespace ArtFresh.Server;

/// <summary><c>settings</c>: lists every setting with its default and its meaning.</summary>
internal static class SettingsCommand
{
    public static Command Create()
    {
        var markdown = new Option<bool>("--markdown") { Description = "Prints the table of docs/settings.md." };
        var json = OperatorCommands.JsonOption();
        var settings = new Command("settings", "Lists every setting of a server with its default and its meaning.") { markdown, json };
        settings.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
            {
                OperatorConsole.WriteJson(SettingsTable.All);
            }
            else if (parsed.GetValue(markdown))
            {
                ShowMarkdown();
            }
            else
            {
                Show();
            }
        });
        return settings;
    }

    private static void Show()
    {
        var nameWidth = SettingsTable.All.Max(row => row.Name.Length) + 2;
        var defaultWidth = SettingsTable.All.Max(row => row.Default.Length) + 2;
        foreach (var row in SettingsTable.All)
        {
            OperatorConsole.Say($"{row.Name.PadRight(nameWidth)}{row.Default.PadRight(defaultWidth)}{row.Meaning}");
        }
    }

    private static void ShowMarkdown()
    {
        OperatorConsole.Say("| setting | default | meaning |");
        OperatorConsole.Say("| --- | --- | --- |");
        foreach (var row in SettingsTable.All)
        {
            OperatorConsole.Say($"| `{row.Name}` | {(row.Default.Length == 0 ? "none" : $"`{row.Default}`")} | {row.Meaning} |");
        }
    }
}
