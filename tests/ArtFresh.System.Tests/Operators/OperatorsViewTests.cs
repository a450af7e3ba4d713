using System.Net;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>What a running server shows those who run it, and nobody else.</summary>
public sealed class OperatorsViewTests
{
    private const string Key = "the operator's own key";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DashboardAndMetricsAreForOperatorsAndFiguresAreAmongThem()
    {
        await using var server = new ServerProcess("--ArtFresh:Operators:Key", Key, "--ArtFresh:Operators:OrleansDashboard", "true");
        await server.StartAsync();
        using var stranger = new HttpClient { BaseAddress = server.Address };
        using var holder = server.NewOperator(Key);
        foreach (var page in new[] { "metrics", "ops/orleans/", "ops/orleans/DashboardCounters" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(new Uri(page, UriKind.Relative), Stop)).StatusCode);
        }

        var dashboard = await holder.GetAsync(new Uri("ops/orleans/", UriKind.Relative), Stop);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (dashboard.StatusCode, dashboard.Content.Headers.ContentType?.MediaType));
        Assert.Equal(HttpStatusCode.OK, (await holder.GetAsync(new Uri("ops/orleans/DashboardCounters", UriKind.Relative), Stop)).StatusCode);

        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        var session = await listener.OpenAsync("r1");
        var ids = await listener.FreshAsync(session, 3, 0.5, 0.5);
        await listener.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, ids, new PostedReport(3, [0, 0, 1], Attempts: 1, Skipped: 2)));
        string[] expected =
        [
            "artfresh_kpis_counted_total{otel_scope_name=\"ArtFresh\",counter=\"AwaitedAttempts\",release=\"r1\"} 1\n",
            "artfresh_kpis_counted_total{otel_scope_name=\"ArtFresh\",counter=\"BatchesAnswered\",release=\"r1\"} 1\n",
            "artfresh_kpis_counted_total{otel_scope_name=\"ArtFresh\",counter=\"ImpressionsRecorded\",release=\"r1\"} 3\n",
            "artfresh_kpis_counted_total{otel_scope_name=\"ArtFresh\",counter=\"FlickerSkips\",release=\"r1\"} 2\n",
            "artfresh_kpis_counted_total{otel_scope_name=\"ArtFresh\",counter=\"WithoutViewedAt\",release=\"r1\"} 0\n",
            "artfresh_displays_timed_seconds_count{otel_scope_name=\"ArtFresh\",release=\"r1\"} 3\n",
        ];
        var metrics = "";
        await Eventually.TrueAsync(
            async () =>
            {
                metrics = await holder.GetStringAsync(new Uri("metrics", UriKind.Relative), Stop);
                return expected.All(line => metrics.Contains(line, StringComparison.Ordinal));
            },
            () => metrics);
        await server.PrintsAsync("[FlickerFix] clients of release r1 skipped 2 displays");
    }

    [Fact]
    public async Task KeysAreMadeOnceForThisUserAloneAndTheLinkIsShownOnce()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        string[] files = [Path.Combine(server.DataDirectory, "operators.key"), Path.Combine(server.DataDirectory, "metrics.key")];
        string[] keys = [.. files.Select(file => File.ReadAllText(file).Trim())];
        foreach (var file in OperatingSystem.IsWindows() ? [] : files)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode);
        }

        Assert.NotEqual(keys[0], keys[1]);
        using var stranger = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.Address };
        using var holder = server.NewOperator();
        using var prometheus = server.NewOperator(keys[1]);
        foreach (var (page, metrics) in new[] { ("metrics", HttpStatusCode.OK), ("api/ops/kpis", HttpStatusCode.Forbidden), ("api/ops/releases", HttpStatusCode.Forbidden) })
        {
            var path = new Uri(page, UriKind.Relative);
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(path, Stop)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await holder.GetAsync(path, Stop)).StatusCode);
            Assert.Equal(metrics, (await prometheus.GetAsync(path, Stop)).StatusCode);
        }

        await server.PrintsAsync("Ctrl-C stops it");
        var link = $"{new Uri(server.Address, "ops")}?key={keys[0]}";
        await server.PrintsAsync(link);
        var exchanged = await stranger.GetAsync(new Uri(link), Stop);
        using var opened = new HttpRequestMessage(HttpMethod.Get, "metrics") { Headers = { { "Cookie", Assert.Single(exchanged.Headers.GetValues("Set-Cookie")).Split(';')[0] } } };
        Assert.Equal(HttpStatusCode.OK, (await stranger.SendAsync(opened, Stop)).StatusCode);

        await server.StopAsync();
        var before = server.Log.Length;
        await server.StartAsync();
        await server.PrintsAsync($"key in {files[0]}", before);
        await server.StopAsync();
        Assert.DoesNotContain(keys[0], server.Log[before..], StringComparison.Ordinal);
        Assert.Equal(keys, files.Select(file => File.ReadAllText(file).Trim()));
    }

    [Fact]
    public async Task FileThatHoldsNoKeyIsNamedAtTheStart()
    {
        await using var server = new ServerProcess();
        var file = Path.Combine(server.DataDirectory, "operators.key");
        await File.WriteAllTextAsync(file, "short\n", Stop);
        var (exitCode, said) = await server.RunToEndAsync("--urls", "http://127.0.0.1:0", "--ArtFresh:DataDirectory", server.DataDirectory);
        Assert.Equal(2, exitCode);
        Assert.Contains($"{file} holds no key", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TracesGoWhereTheEnvironmentSays()
    {
        var traced = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var collector = await LoopbackSite.StartAsync(http =>
        {
            traced.TrySetResult($"{http.Request.Method} {http.Request.Path}");
            return Task.CompletedTask;
        });
        await using var server = new ServerProcess();
        server.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address.ToString();
        server.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        server.Environment["OTEL_BSP_SCHEDULE_DELAY"] = "100";
        server.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "3600000";
        await server.StartAsync();

        Assert.Equal("POST /v1/traces", await traced.Task.WaitAsync(Stop));
    }
}
