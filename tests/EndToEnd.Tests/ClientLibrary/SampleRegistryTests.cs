using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.ClientLibrary;

/// <summary>A registry that somebody wrote on the packages of the client library.</summary>
public sealed class SampleRegistryTests(SampleFixture sample) : IClassFixture<SampleFixture>, IDisposable
{
    /// <summary>What a request may take beyond the deadline, on a busy machine.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly TemporaryDirectory _data = new();
    private readonly int _gatewayPort = Loopback.FreePort();

    [Fact]
    public async Task Registry_BuiltFromThePackages_LetsTokensDoWhatTheyMay()
    {
        await using var silo = await StartSiloAsync();
        using var admin = new AdminApi(silo.Address);
        await using var registry = await SampleRegistry.StartAsync(sample, _data["files"], _gatewayPort);
        var group = await admin.CreateGroupAsync("acme");
        var project = await admin.CreateProjectAsync("app", group);
        var other = await admin.CreateProjectAsync("other", group);
        var writer = await admin.IssueForProjectAsync(project, "write_package_registry");
        var reader = await admin.IssueForProjectAsync(project, "read_package_registry");

        Assert.Equal(HttpStatusCode.Created, (await registry.PutAsync(project, writer.Credentials, "content")).Status);
        Assert.Equal((HttpStatusCode.OK, "content"), await registry.GetAsync(project, reader.Credentials));
        Assert.Equal(HttpStatusCode.OK, await registry.GetByHeaderAsync(project, reader.Secret));
        Assert.Equal(HttpStatusCode.Forbidden, (await registry.PutAsync(project, reader.Credentials, "more")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await registry.PutAsync(other, writer.Credentials, "more")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await registry.GetAsync(other, reader.Credentials)).Status);
        Assert.Equal((HttpStatusCode.Unauthorized, "Basic"), await registry.PutAsync(project, credentials: null, "more"));
        Assert.Equal((HttpStatusCode.Unauthorized, "Basic"), await registry.PutAsync(project, writer.Username + ":" + reader.Secret, "more"));
        Assert.Equal((HttpStatusCode.OK, "content"), await registry.GetAsync(project, writer.Credentials));

        await admin.RevokeAsync(reader);
        Assert.Equal(HttpStatusCode.Unauthorized, (await registry.GetAsync(project, reader.Credentials)).Status);
        Assert.DoesNotContain(writer.Secret, registry.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_WhenTheClusterIsKilledAndComesBack_IsUnavailableWithinTheDeadlineAndThenServes()
    {
        var silo = await StartSiloAsync();
        await using var first = silo;
        using var admin = new AdminApi(silo.Address);
        await using var registry = await SampleRegistry.StartAsync(sample, _data["files"], _gatewayPort);
        var project = await admin.CreateProjectAsync("app", await admin.CreateGroupAsync("acme"));
        var writer = await admin.IssueForProjectAsync(project, "write_package_registry");
        Assert.Equal(HttpStatusCode.Created, (await registry.PutAsync(project, writer.Credentials, "content")).Status);

        await silo.Program.KillAsync();
        for (var i = 0; i < 5; i++)
        {
            await AssertUnavailableAsync(registry, project, writer);
        }

        await using var second = await StartSiloAsync();
        await WaitUntilServedAsync(registry, project, writer);
    }

    [Fact]
    public async Task Registry_WhenTheClusterHangs_IsUnavailableWithinTheDeadlineAndServesWhenItGoesOn()
    {
        await using var silo = await StartSiloAsync();
        using var admin = new AdminApi(silo.Address);
        await using var registry = await SampleRegistry.StartAsync(sample, _data["files"], _gatewayPort);
        var project = await admin.CreateProjectAsync("app", await admin.CreateGroupAsync("acme"));
        var writer = await admin.IssueForProjectAsync(project, "write_package_registry");
        Assert.Equal(HttpStatusCode.Created, (await registry.PutAsync(project, writer.Credentials, "content")).Status);

        await silo.Program.WhileHangingAsync(() => Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => AssertUnavailableAsync(registry, project, writer))));
        await WaitUntilServedAsync(registry, project, writer);
    }

    [Fact]
    public async Task Registry_StartedBeforeTheCluster_IsUnavailableUntilItIsThere()
    {
        await using var registry = await SampleRegistry.StartAsync(sample, _data["files"], _gatewayPort);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await registry.GetAsync(1, "ci:gldt-anything")).Status);
        Assert.Equal((HttpStatusCode.Unauthorized, "Basic"), await registry.PutAsync(1, credentials: null, "more"));

        await using var silo = await StartSiloAsync();
        using var admin = new AdminApi(silo.Address);
        var project = await admin.CreateProjectAsync("app", await admin.CreateGroupAsync("acme"));
        var writer = await admin.IssueForProjectAsync(project, "write_package_registry");
        await registry.Program.WaitUntilAsync(async () =>
            (await registry.PutAsync(project, writer.Credentials, "content")).Status == HttpStatusCode.Created);
        Assert.Equal((HttpStatusCode.OK, "content"), await registry.GetAsync(project, writer.Credentials));
        Assert.Equal(0, await registry.Program.StopAsync());
    }

    [Fact]
    public async Task Registry_WhenItsOptionsAreWrong_DoesNotStartAndSaysWhy()
    {
        await using var program = BackgroundProgram.Start(
            "dotnet",
            [sample.Assembly, "--urls", "http://127.0.0.1:0"],
            new Dictionary<string, string> { ["DeployTokens__Gateways__0"] = "nowhere", ["DeployTokens__Deadline"] = "01:00:00" });
        Assert.NotEqual(0, await program.WaitForExitAsync());
        Assert.Contains("Gateways: 'nowhere' must be an IP address", program.Output, StringComparison.Ordinal);
        Assert.Contains("Deadline must be from", program.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OrleansTokens.Client")]
    [InlineData("OrleansTokens.Client.AzureTables")]
    [InlineData("OrleansTokens.Client.PostgreSql")]
    [InlineData("OrleansTokens.Grains.Interfaces")]
    public void Package_WhenOpened_HoldsDocumentationReadmeAndLicence(string id)
    {
        var file = Assert.Single(Directory.GetFiles(sample.Feed, id + ".0.*.nupkg"));
        using var package = ZipFile.OpenRead(file);
        var names = package.Entries.Select(static entry => entry.FullName).ToList();
        Assert.Contains("README.md", names);
        Assert.Contains($"lib/net10.0/{id}.xml", names);
        using var reader = new StreamReader(package.GetEntry(id + ".nuspec")!.Open());
        var specification = reader.ReadToEnd();
        Assert.Contains("<license type=\"expression\">MIT</license>", specification, StringComparison.Ordinal);
        Assert.Contains("<readme>README.md</readme>", specification, StringComparison.Ordinal);
    }

    public void Dispose() => _data.Dispose();

    private static async Task AssertUnavailableAsync(SampleRegistry registry, long project, IssuedToken token)
    {
        var asked = Stopwatch.GetTimestamp();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await registry.GetAsync(project, token.Credentials)).Status);
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, SampleRegistry.Deadline + Grace);
    }

    private static Task WaitUntilServedAsync(SampleRegistry registry, long project, IssuedToken token) =>
        registry.Program.WaitUntilAsync(async () => (await registry.GetAsync(project, token.Credentials)).Status == HttpStatusCode.OK);

    private Task<Silo> StartSiloAsync() => Silo.StartReadyAsync(
        _data.Create("authority"), ("Grid__GatewayPort", _gatewayPort.ToString(CultureInfo.InvariantCulture)));
}
