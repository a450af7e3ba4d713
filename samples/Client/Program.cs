using ArtFresh.Client;
using ArtFresh.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// Takes three fresh artworks for a listener and records that they were shown.
var builder = Host.CreateApplicationBuilder(args);
var ledger = builder.Configuration.GetConnectionString("Ledger") ?? throw new InvalidOperationException("Set ConnectionStrings:Ledger to the cluster's database.");
builder.Services.AddArtFreshClient(ledger);
using var host = builder.Build();
await host.StartAsync();

var cluster = host.Services.GetRequiredService<IClusterClient>();
var session = cluster.GetGrain<IListenerSessionGrain>(SessionKey.Of("sample-listener", Guid.CreateVersion7()));
await session.Open(release: "sample");

var request = new FreshRequest(Count: 3, new Mood(Valence: 0.7, Energy: 0.2), RequestId: null);
var fresh = await session.TakeFresh(request);
while (fresh.Outcome == SessionOutcome.Unavailable)
{
    // The cluster is saturated or a part of it is down: asking again is safe.
    await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
    fresh = await session.TakeFresh(request);
}

foreach (var artwork in fresh.Artworks)
{
    Console.WriteLine($"{artwork.ArtworkId} {artwork.Title}");
}

var shown = fresh.Artworks.Select(artwork => artwork.ArtworkId);
var result = await session.RecordBatch(new ImpressionBatch(Guid.CreateVersion7(), FirstNumber: 1, [.. shown], DisplayedAtMs: [], Report: null));
Console.WriteLine($"{result.Outcome}: {result.Recorded} recorded");

await session.Finish(unshown: []);
await host.StopAsync();
