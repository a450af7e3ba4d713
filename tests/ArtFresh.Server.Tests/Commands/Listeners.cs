using ArtFresh.TestWorld;

namespace ArtFresh.Server.Tests;

/// <summary>What listeners do to a server: sessions that end and that stay open, batches with numbers missing, the old endpoint, art given back.</summary>
internal static class Listeners
{
    public const int Count = 3;

    public static async Task UseAsync(Uri address)
    {
        for (var listener = 0; listener < Count; listener++)
        {
            using var client = new HttpListenerClient(address);
            await client.SignInAsync();
            for (var sitting = 0; sitting < 2; sitting++)
            {
                var session = await client.OpenAsync($"release-{sitting}");
                var art = await client.FreshAsync(session, 20, 0.3, 0.7);
                await client.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, art[..5]));
                // Numbers 6 and 7 never arrive.
                await client.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 8, art[5..10]));
                await client.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 8, art[5..10]));
                await client.PostSingleAsync(session, art[10]);
                if (sitting == 0)
                {
                    await client.EndAsync(session, art[15..]);
                }
            }
        }
    }
}
