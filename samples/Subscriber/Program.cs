using System.Globalization;
using System.Threading.Channels;
using ArtFresh.Client;
using ArtFresh.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// Prints what the cluster's ledger writers commit: until Ctrl+C, or until so many messages have come as --Messages says.
var builder = Host.CreateApplicationBuilder(args);
var ledger = builder.Configuration.GetConnectionString("Ledger") ?? throw new InvalidOperationException("Set ConnectionStrings:Ledger to the cluster's database.");
var messagesLeft = int.Parse(builder.Configuration["Messages"] ?? "-1", CultureInfo.InvariantCulture);
builder.Services.AddArtFreshClient(ledger);
using var host = builder.Build();
await host.StartAsync();

var messages = Channel.CreateBounded<BatchesCommitted>(new BoundedChannelOptions(100) { FullMode = BoundedChannelFullMode.DropOldest });
var cluster = host.Services.GetRequiredService<IClusterClient>();
var subscription = await cluster.SubscribeToImpressionsAsync(committed => messages.Writer.WriteAsync(committed).AsTask());
Console.WriteLine("subscribed");
try
{
    var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
    while (messagesLeft-- != 0)
    {
        var committed = await messages.Reader.ReadAsync(stopping);
        Console.WriteLine($"writer {committed.WriterNumber} has committed batches up to {committed.Position}");
    }
}
catch (OperationCanceledException)
{
    Console.WriteLine("stopping");
}

await subscription.UnsubscribeAsync();
await host.StopAsync();
