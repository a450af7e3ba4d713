using System.Globalization;
using System.Text.Json;

namespace ArtFresh.Delivery.Tests;

/// <summary>The table: what each event costs, in real Chromium against the real server.</summary>
internal static class DeliveryTable
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary><c>[--times N] [--only PART-OF-NAME] [--json FILE]</c></summary>
    /// <returns>0 where nothing was lost.</returns>
    public static async Task<int> PrintAsync(string[] arguments)
    {
        var times = int.Parse(Value(arguments, "--times") ?? "1", CultureInfo.InvariantCulture);
        var only = Value(arguments, "--only") ?? "";
        using var library = new ClientLibrary();
        var rows = new Dictionary<string, DeliveryResult>();
        Console.WriteLine("| event | shown | lost | repeats | sent to no use | calls per 100 | fresh calls per 100 |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var happening in DeliveryEvent.All.Where(one => one.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            var results = new List<DeliveryResult>();
            for (var i = 0; i < times; i++)
            {
                await using var art = await ShownArt.StartAsync(library);
                results.Add(await art.CountAsync(await happening.Run(art, 1)));
            }

            var sum = rows[happening.Name] = DeliveryResult.Sum(results);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {happening.Name} | {sum.Shown} | {sum.Lost} | {sum.Repeats} | {sum.Useless} ({100.0 * sum.Useless / sum.Shown:0.0}%) | {100.0 * sum.Calls / sum.Shown:0.0} | {100.0 * sum.FreshCalls / sum.Shown:0.0} |"));
        }

        if (Value(arguments, "--json") is { } file)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { times, events = rows }, Indented));
        }

        return rows.Values.Sum(row => row.Lost + row.Repeats) == 0 ? 0 : 1;
    }

    private static string? Value(string[] arguments, string name) =>
        Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
}
