using System.Text.Json.Nodes;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>Behind a proxy that ends TLS and answers by another name: absolute URLs lead to the proxy.</summary>
public sealed class ExternalUrlTests : IAsyncLifetime
{
    private const string External = "https://tokens.example/grid";

    private readonly ApiHost _host = new(new Dictionary<string, string?> { ["Grid:ExternalUrl"] = External + "/" });

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Link_WhenAnExternalUrlIsSet_LeadsThere()
    {
        var links = (await _host.GetAsync("/groups?per_page=1")).Header("Link").Split(", ");

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.StartsWith($"<{External}/api/v4/groups?", link, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Redirect_WhenAnExternalUrlIsSet_LeadsThere()
    {
        var project = await _host.NewProjectAsync(await _host.NewGroupAsync("group"), "before");
        Assert.Equal(200, (await _host.PutAsync($"/projects/{project}", """{"path":"after"}""")).Status);

        var moved = await _host.GetAsync("/projects/group%2Fbefore");

        Assert.Equal(302, moved.Status);
        Assert.Equal($"{External}/api/v4/projects/{project}", moved.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Document_WhenAnExternalUrlIsSet_NamesItAsTheOnlyServer()
    {
        var document = JsonNode.Parse(await _host.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;

        var server = Assert.Single(document["servers"]!.AsArray());
        Assert.Equal(External, (string?)server!["url"]);
    }
}
