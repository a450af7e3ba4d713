using System.Text.Json;
using System.Threading.Channels;
using ArtFresh.TestWorld;
using k8s.Models;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>As much of a Kubernetes API server as a silo talks to: its namespace's pods, and a watch over them.</summary>
internal sealed class KubernetesApi : IAsyncDisposable
{
    public const string Namespace = "artfresh";

    private const string Pods = $"/api/v1/namespaces/{Namespace}/pods";

    private readonly Dictionary<string, V1Pod> _pods;
    private readonly List<Channel<string>> _watches = [];
    private readonly TaskCompletionSource _watched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _directory = Directory.CreateTempSubdirectory("artfresh-kubernetes-").FullName;
    private LoopbackSite? _site;

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
    }

    /// <summary>For KUBECONFIG.</summary>
    public string ConfigurationFile => Path.Combine(_directory, "config");

    public static async Task<KubernetesApi> StartAsync(params string[] pods)
    {
        var api = new KubernetesApi(pods);
        api._site = await LoopbackSite.StartAsync(api.AnswerAsync);
        await File.WriteAllTextAsync(api.ConfigurationFile, $"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{"{"}name: test, cluster: {"{"}server: "{api._site.Address}"{"}"}{"}"}]
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

        await _site!.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        if (http.Request.Path.StartsWithSegments(Pods, out var named) && named.HasValue)
        {
            await http.Response.WriteAsync(JsonSerializer.Serialize(_pods[named.Value.TrimStart('/')]));
            return;
        }

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
