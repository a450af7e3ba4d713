using System.Text.Json;
using System.Threading.Channels;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>As much of a Kubernetes API server as a silo talks to: its namespace's pods, and a watch over them.</summary>
internal sealed class KubernetesApi : IAsyncDisposable
{
    public const string Namespace = "artfresh";

    private readonly Dictionary<string, V1Pod> _pods;
    private readonly List<Channel<string>> _watches = [];
    private readonly TaskCompletionSource _watched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _directory = Directory.CreateTempSubdirectory("artfresh-kubernetes-").FullName;
    private readonly WebApplication _app;

    private KubernetesApi(string[] pods)
    {
        _pods = pods.ToDictionary(name => name, name => new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = Namespace,
                Labels = new Dictionary<string, string> { ["orleans/serviceId"] = "artfresh", ["orleans/clusterId"] = "artfresh" },
            },
        });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet($"/api/v1/namespaces/{Namespace}/pods/{{name}}", (string name) => Json(_pods[name]));
        _app.MapGet($"/api/v1/namespaces/{Namespace}/pods", AnswerAsync);
    }

    /// <summary>For KUBECONFIG.</summary>
    public string ConfigurationFile => Path.Combine(_directory, "config");

    public static async Task<KubernetesApi> StartAsync(params string[] pods)
    {
        var api = new KubernetesApi(pods);
        await api._app.StartAsync();
        var address = api._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await File.WriteAllTextAsync(api.ConfigurationFile, $"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{"{"}name: test, cluster: {"{"}server: "{address}"{"}"}{"}"}]
            users: [{"{"}name: test, user: {"{"}token: test{"}"}{"}"}]
            contexts: [{"{"}name: test, context: {"{"}cluster: test, user: test{"}"}{"}"}]
            """);
        return api;
    }

    /// <summary>Until a silo watches its cluster's pods.</summary>
    public Task WatchedAsync(CancellationToken cancellationToken) => _watched.Task.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);

    /// <summary>Tells those who watch that a pod is gone.</summary>
    public void Delete(string name)
    {
        lock (_watches)
        {
            _watches.ForEach(watch => watch.Writer.TryWrite(JsonSerializer.Serialize(new { type = "DELETED", @object = _pods[name] })));
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_watches)
        {
            _watches.ForEach(watch => watch.Writer.TryComplete());
        }

        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static ContentHttpResult Json(object value) => TypedResults.Text(JsonSerializer.Serialize(value), "application/json");

    private async Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        if (http.Request.Query["watch"] != "true")
        {
            await http.Response.WriteAsync(JsonSerializer.Serialize(new V1PodList { ApiVersion = "v1", Kind = "PodList", Items = [.. _pods.Values] }));
            return;
        }

        var watch = Channel.CreateUnbounded<string>();
        lock (_watches)
        {
            _watches.Add(watch);
        }

        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        _watched.TrySetResult();
        await foreach (var change in watch.Reader.ReadAllAsync(http.RequestAborted))
        {
            await http.Response.WriteAsync(change + "\n", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }
}
